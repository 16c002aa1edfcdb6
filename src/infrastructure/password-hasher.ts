import { availableParallelism } from 'node:os'
import type { PasswordHasher } from '../services/password.service.ts'
import { createWorkerPool, type WorkerPool, type WorkObserver } from './worker-pool.ts'

/** What bcrypt costs at 10, more or less; each step above doubles it. */
const SECONDS_AT_10 = 0.05

/** With the hash itself and all around it, a login is answered within two seconds. */
const MAX_WAIT_SECONDS = 1.5

/** bcrypt on every core, behind everything else that wants one. `usualCost` is that of new hashes. */
export function createPasswordHasher(
  usualCost: number,
  observer: WorkObserver,
): PasswordHasher & Pick<WorkerPool, 'state' | 'close'> {
  const threads = availableParallelism()
  const { isFull, run, state, close } = createWorkerPool({
    file: 'hash.worker.ts',
    threads,
    firstGuessSeconds: SECONDS_AT_10 * 2 ** (usualCost - 10),
    maxWaitSeconds: MAX_WAIT_SECONDS,
    observer,
  })
  return {
    isFull,
    hash: (input, cost, source) => run('hash', { input, cost }, source),
    compare: (input, hashed, source) => run('compare', { input, hashed }, source),
    state,
    close,
  }
}
