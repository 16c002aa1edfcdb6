import { availableParallelism } from 'node:os'
import type { PasswordHasher } from '../services/password.service.ts'
import { createWorkerPool } from './worker-pool.ts'

/** bcrypt on every core, behind everything else that wants one. */
export function createPasswordHasher(): PasswordHasher & { close(): Promise<void> } {
  const threads = availableParallelism()
  const { isFull, run, close } = createWorkerPool({ file: 'hash.worker.ts', threads, firstGuessSeconds: 0.05 })
  return {
    isFull,
    hash: (input, cost, source) => run('hash', { input, cost }, source),
    compare: (input, hashed, source) => run('compare', { input, hashed }, source),
    close,
  }
}
