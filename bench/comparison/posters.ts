import { availableParallelism } from 'node:os'
import { accounts } from './accounts.ts'
import { lineFile } from './line-file.ts'
import { measuredByWrk } from './measured.ts'
import type { Contestant, ContestantName } from './row.ts'
import type { Server } from './server.ts'
import type { Site } from './site.ts'

/** How many log in or register at once. */
export const AT_ONCE = 8

/** More than a core hashes in a second. */
const HASHES_A_SECOND = 50

let registrations = 0

/** Logins of one account after the other. */
export function logins(name: ContestantName, site: Site, server: Server): Contestant {
  return {
    name,
    async measure(seconds) {
      const { api, pid, port } = server
      const script = { name: 'bodies', args: [await loginBodies(site, server), '200'] }
      const rate = await measuredByWrk(pid, { port, path: api.loginPath, connections: AT_ONCE, seconds, script })
      return { rate }
    },
  }
}

/** A file for bench/load/bodies.lua: a login of each account. */
export async function loginBodies(site: Site, server: Server): Promise<string> {
  return bodyFile(site, server, await accounts(server))
}

/** Registrations, each with an address that is new. */
export function registering(name: ContestantName, site: Site, server: Server): Contestant {
  return {
    name,
    async measure(seconds) {
      const { api, pid, port } = server
      const count = seconds * HASHES_A_SECOND * availableParallelism()
      const emails = Array.from({ length: count }, () => `newcomer-${registrations++}@example.com`)
      const script = { name: 'bodies', args: [await bodyFile(site, server, emails), String(api.registered)] }
      const rate = await measuredByWrk(pid, { port, path: api.registerPath, connections: AT_ONCE, seconds, script })
      return { rate }
    },
  }
}

function bodyFile(site: Site, { api }: Server, emails: readonly string[]): Promise<string> {
  const bodies = emails.map((email) => JSON.stringify(api.bodyOf(email)))
  return lineFile(site, bodies)
}
