import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'
import { APP_SECRET, type RunningGatehouse } from './running-gatehouse.ts'

/** The program of guarded-server.ts, with the flags of `npm start`. */
export async function startGuarded(databaseUrl: string): Promise<RunningGatehouse> {
  const port = await freePort()
  const file = fileURLToPath(new URL('guarded-server.ts', import.meta.url))
  const variables = { DATABASE_URL: databaseUrl, APP_SECRET, RATE_LIMITS: 'off', PORT: String(port) }
  const child = spawn(process.execPath, ['--max-semi-space-size=4', file], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  while (!(await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))) {
    if (child.exitCode !== null) throw new Error(`guarded-server.ts ended with ${child.exitCode}.`)
    await wait(20)
  }
  return { port, pid: child.pid ?? 0, databaseUrl, [Symbol.asyncDispose]: stop }

  async function stop(): Promise<void> {
    child.kill()
    await exited
  }
}
