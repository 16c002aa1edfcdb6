import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { findRunning } from '../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { freePort } from '../src/infrastructure/embedded-postgres/free-port.ts'

interface Credentials {
  email: string
  password: string
}

interface Tokens {
  token: string
  refreshToken: string
}

export interface Gatehouse {
  port: number
  /** npm's, of which all its processes descend. */
  pid: number
  dataDir: string
  /** Where its database writes what it has to say. */
  databaseLog: string
  /** As the superuser. */
  databaseUrl(): Promise<string>
  register(): Promise<Tokens>
  logIn(credentials: Credentials): Promise<Tokens>
  [Symbol.asyncDispose](): Promise<void>
}

/** `npm start` on a database of its own, both gone when it is disposed of. */
export async function startGatehouse(variables: NodeJS.ProcessEnv = {}): Promise<Gatehouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
  const { npm, port } = await npmStart(dataDir, variables)
  return {
    port,
    pid: npm.pid ?? 0,
    dataDir,
    databaseLog: join(dataDir, 'postgres.log'),
    databaseUrl,
    register: () => enter('/register', { email: 'bench@example.com', password: 'correct horse battery staple' }),
    logIn: (credentials) => enter('/login', credentials),
    [Symbol.asyncDispose]: stop,
  }

  async function databaseUrl(): Promise<string> {
    const url = await findRunning(dataDir)
    if (url === null) throw new Error(`No database is running in ${dataDir}.`)
    return url
  }

  async function enter(path: string, credentials: Credentials): Promise<Tokens> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials),
    })
    return (await answer.json()) as Tokens
  }

  async function stop(): Promise<void> {
    await npmStop(npm, dataDir)
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Resolves with the first 200 of `/readyz`. */
export async function npmStart(
  dataDir: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<{ npm: ChildProcess; port: number }> {
  const port = await freePort()
  const env = { ...process.env, RATE_LIMITS: 'off', ...variables, DATA_DIR: dataDir, PORT: String(port) }
  const npm = spawn('npm', ['start'], { env, stdio: 'ignore', detached: true })
  while (!(await isReady(port))) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}.`)
    await wait(5)
  }
  return { npm, port }
}

/** Stops npm, its shell and the server, and waits for the database, which is the last to end. */
export async function npmStop(npm: ChildProcess, dataDir: string): Promise<void> {
  const exited = once(npm, 'exit')
  if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGTERM')
  await exited
  while ((await readdir(join(dataDir, 'postgres'))).includes('postmaster.pid')) await wait(20)
}

async function isReady(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
  return answer?.status === 200
}
