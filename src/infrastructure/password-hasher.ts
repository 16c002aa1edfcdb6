import { availableParallelism } from 'node:os'
import type { PasswordHasher } from '../services/password.service.ts'
import { createWorkerPool } from './worker-pool.ts'

/** bcrypt on every core, behind everything else that wants one. */
export function createPasswordHasher(): PasswordHasher & { close(): Promise<void> } {
  const threads = availableParallelism()
  const { run, close } = createWorkerPool({ file: 'hash.worker.ts', threads, firstGuessSeconds: 0.08 })
  return {
    hash: (input, cost) => run('hash', { input, cost }),
    compare: (input, hashed) => run('compare', { input, hashed }),
    close,
  }
}
