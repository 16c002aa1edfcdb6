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
      const bodies = await lineFile(
        site,
        (await accounts(server)).map((email) => JSON.stringify(api.bodyOf(email))),
      )
      const script = { name: 'bodies', args: [bodies, '200'] }
      const rate = await measuredByWrk(pid, { port, path: api.loginPath, connections: AT_ONCE, seconds, script })
      return { rate }
    },
  }
}

/** Registrations, each with an address that is new. */
export function registering(name: ContestantName, site: Site, server: Server): Contestant {
  return {
    name,
    async measure(seconds) {
      const { api, pid, port } = server
      const count = seconds * HASHES_A_SECOND * availableParallelism()
      const bodies = Array.from({ length: count }, () => api.bodyOf(`newcomer-${registrations++}@example.com`))
      const file = await lineFile(
        site,
        bodies.map((body) => JSON.stringify(body)),
      )
      const script = { name: 'bodies', args: [file, String(api.registered)] }
      const rate = await measuredByWrk(pid, { port, path: api.registerPath, connections: AT_ONCE, seconds, script })
      return { rate }
    },
  }
}
