import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive } from '../../src/infrastructure/embedded-postgres/leftovers.ts'
import { npmStart } from '../gatehouse.ts'
import { serverPid } from '../server-pid.ts'

/** Of bcrypt, for Gatehouse by its default and for whoever is measured at equal cost. */
export const HASH_COST = 10

export const APP_SECRET = 'the same secret for every run, as nothing of it stays'

export interface RunningGatehouse {
  port: number
  /** That of the server, not of npm. */
  pid: number
  databaseUrl: string
  [Symbol.asyncDispose](): Promise<void>
}

/** `npm start` on a database that is there, with one process. */
export async function startOn(databaseUrl: string, dataDir: string): Promise<RunningGatehouse> {
  const variables = { DATABASE_URL: databaseUrl, APP_SECRET, BCRYPT_COST: String(HASH_COST) }
  const { npm, port } = await npmStart(dataDir, { ...variables, HOST: '127.0.0.1', WORKERS: '1' })
  const pid = await serverPid(npm)
  return { port, pid, databaseUrl, [Symbol.asyncDispose]: stop }

  /** npm can be gone before the server is. */
  async function stop(): Promise<void> {
    const exited = npm.exitCode === null ? once(npm, 'exit') : Promise.resolve()
    if (npm.pid !== undefined && npm.exitCode === null) process.kill(-npm.pid, 'SIGINT')
    await exited
    while (isAlive(pid)) await wait(20)
  }
}
