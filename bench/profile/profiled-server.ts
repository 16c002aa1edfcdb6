import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findRunning } from '../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { APP_SECRET } from '../../tests/support/test-database.ts'
import { npmStart, npmStop } from '../gatehouse.ts'
import { serverPid } from '../server-pid.ts'
import type { Measures } from './profiler.ts'
import { interruptToSample } from './real-time.ts'

export interface ProfiledServer {
  port: number
  /** That of the server, not of npm. */
  pid: number
  databaseUrl: string
  /** Gone with the server. */
  folder: string
  /** What the server needs while `load` runs. Measures have to be asked for in their order. */
  measure<Name extends keyof Measures>(name: Name, load: () => Promise<number>): Promise<Measured<Measures[Name]>>
  [Symbol.asyncDispose](): Promise<void>
}

export interface Measured<Result> {
  answers: number
  result: Result
}

/** `npm start`, with the cheapest hash, and with profiler.ts inside. */
export async function startProfiledServer(): Promise<ProfiledServer> {
  await using starting = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-profile-'))
  starting.defer(() => rm(folder, { recursive: true, force: true }))
  const preload = fileURLToPath(new URL('profiler.ts', import.meta.url))
  const cheapHash = { NODE_ENV: 'test', BCRYPT_COST: '4' }
  const inside = { NODE_OPTIONS: `--import=${preload}`, PROFILE_FOLDER: folder }
  const { npm, port } = await npmStart(folder, { ...cheapHash, ...inside, APP_SECRET, WORKERS: '1' })
  starting.defer(() => npmStop(npm, folder))
  const pid = await serverPid(npm)
  const databaseUrl = (await findRunning(folder)) ?? ''
  let signals = 0
  const started = starting.move()
  return { port, pid, databaseUrl, folder, measure, [Symbol.asyncDispose]: () => started.disposeAsync() }

  async function measure<Name extends keyof Measures>(name: Name, load: () => Promise<number>) {
    await toggle()
    if (name === 'time') await interruptToSample(pid)
    const answers = await load()
    return { answers, result: JSON.parse(await toggle()) as Measures[Name] }
  }

  async function toggle(): Promise<string> {
    signals += 1
    process.kill(pid, 'SIGUSR2')
    for (;;) {
      const text = await readFile(join(folder, String(signals)), 'utf8').catch(unlessMissing)
      if (text !== null) return text
      await wait(10)
    }
  }
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error
  return null
}
