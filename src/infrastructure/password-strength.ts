import type { PasswordStrength } from '../services/password.service.ts'
import { createWorkerPool, type WorkerPool, type WorkObserver } from './worker-pool.ts'

/** zxcvbn in one thread of its own: its dictionaries take some 90 MB, while people register, and soon no more. */
export function createPasswordStrength(observer: WorkObserver): PasswordStrength & Pick<WorkerPool, 'state' | 'close'> {
  const { run, state, close } = createWorkerPool({
    file: 'strength.worker.ts',
    threads: 1,
    firstGuessSeconds: 0.01,
    maxWaitSeconds: 3,
    idleSeconds: 30,
    observer,
  })
  return { score: (password, context, source) => run('score', { password, context }, source), state, close }
}
