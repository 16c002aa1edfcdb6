import { availableParallelism } from 'node:os'
import type { PasswordHasher } from '../services/password.service.ts'
import { createWorkerPool, type WorkerPool, type WorkObserver } from './worker-pool.ts'

/** What bcrypt costs at 10, more or less; each step above doubles it. */
const SECONDS_AT_10 = 0.05

/** With the hash itself and all around it, a login is answered within two seconds. */
const MAX_WAIT_SECONDS = 1.5

export interface PasswordHasherOptions {
  /** That of new hashes. */
  usualCost: number
  /** How many of this server's processes share the cores. */
  processes: number
  observer: WorkObserver
}

/** Hashing on every core, behind everything else that wants one. */
export function createPasswordHasher({
  usualCost,
  processes,
  observer,
}: PasswordHasherOptions): PasswordHasher & Pick<WorkerPool, 'state' | 'close'> {
  const threads = Math.ceil(availableParallelism() / processes)
  const { isFull, run, state, close } = createWorkerPool({
    file: 'hash.worker.ts',
    threads,
    firstGuessSeconds: SECONDS_AT_10 * 2 ** (usualCost - 10),
    maxWaitSeconds: MAX_WAIT_SECONDS,
    idleSeconds: 300,
    observer,
  })
  return {
    isFull,
    hash: (input, cost, source) => run('hash', { input, cost }, source),
    compare: (input, hash, source) => run('compare', { input, hash }, source),
    state,
    close,
  }
}
