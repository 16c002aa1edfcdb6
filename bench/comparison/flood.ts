import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Reads, ReadTimes } from '../load/read-at-rate.ts'
import { signIn } from './accounts.ts'
import { servedAndRefused } from './measured.ts'
import { loginBodies } from './posters.ts'
import type { Reading } from './row.ts'
import type { Server } from './server.ts'
import type { Site } from './site.ts'

export const CLIENTS = 64
export const READS_A_SECOND = 200

/** What is read before the flood is there, or when it has gone, does not count. */
const MARGIN_SECONDS = 0.5

export type Flooded = Record<'logins' | 'refused' | 'p50' | 'p99', Reading>

/**
 * 64 clients log in, each again as soon as it is answered, a refusal too, while people read who are signed in. Gives the
 * logins that succeeded and those that were refused, per second, and how long reads took.
 */
export async function flood(site: Site, server: Server, paths: string[], seconds: number): Promise<Flooded> {
  const { api, pid, port } = server
  const reads = { port, paths, headers: await signIn(server), perSecond: READS_A_SECOND }
  const script = { name: 'bodies', args: [await loginBodies(site, server), '200', '503'] }
  const [{ served: logins, refused }, { p50Ms, p99Ms }] = await Promise.all([
    servedAndRefused(pid, { port, path: api.loginPath, connections: CLIENTS, seconds, script }),
    readTimes({ ...reads, afterSeconds: MARGIN_SECONDS, seconds: seconds - 2 * MARGIN_SECONDS }),
  ])
  return { logins, refused, p50: { value: p50Ms }, p99: { value: p99Ms } }
}

async function readTimes(reads: Reads): Promise<ReadTimes> {
  const file = fileURLToPath(new URL('../load/read-at-rate.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: { ...process.env, READS: JSON.stringify(reads) },
  })
  return JSON.parse(stdout)
}
