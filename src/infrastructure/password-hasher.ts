import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { AppError } from '../errors/app-error.ts'
import type { PasswordHasher } from '../services/password.service.ts'

/** A queue longer than this many seconds of work is refused: whoever waits longer has left. */
const MAX_WAIT_SECONDS = 2

/** What one hash costs before the first was measured: seconds at cost 10 on a slow core. */
const FIRST_GUESS_SECONDS = 0.1

/**
 * bcrypt in a bounded pool of worker threads at a lower OS priority, so that a flood of logins slows nobody down who is
 * signed in. `hash` and `compare` throw `overloaded` at once where the queue is too long.
 */
export function createPasswordHasher(): PasswordHasher & { close(): Promise<void> } {
  const threads = availableParallelism()
  const pool = new Piscina({
    filename: fileURLToPath(new URL('hash.worker.ts', import.meta.url)),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 300_000,
    niceIncrement: 10,
    concurrentTasksPerWorker: 1,
  })
  let secondsPerHash = FIRST_GUESS_SECONDS

  return {
    hash: (input, cost) => run<string>('hash', { input, cost }),
    compare: (input, hashed) => run<boolean>('compare', { input, hashed }),
    close: () => pool.close(),
  }

  async function run<T>(name: string, task: object): Promise<T> {
    if ((pool.queueSize * secondsPerHash) / threads > MAX_WAIT_SECONDS) throw new AppError('overloaded')
    const started = performance.now()
    const waited = pool.queueSize > 0
    const result: T = await pool.run(task, { name })
    if (!waited) learn((performance.now() - started) / 1000)
    return result
  }

  /** A running mean over about eight hashes that did not wait. */
  function learn(seconds: number): void {
    secondsPerHash += (seconds - secondsPerHash) / 8
  }
}
