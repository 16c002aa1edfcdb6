import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { AppError } from '../errors/app-error.ts'
import type { PasswordStrength } from '../services/password.service.ts'

/** Two seconds of the worst inputs. */
const MAX_QUEUE = 20

/**
 * zxcvbn in one worker thread of its own: its dictionaries take 40 MB and a hostile password a tenth of a second, so
 * they are loaded at the first registration, dropped after a quiet while, and never on the event loop.
 * `score` throws `overloaded` where its queue is too long.
 */
export function createPasswordStrength(): PasswordStrength & { close(): Promise<void> } {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('strength.worker.ts', import.meta.url)),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: 300_000,
    niceIncrement: 10,
  })
  return {
    score,
    close: () => pool.close(),
  }

  async function score(password: string, context: string[]): Promise<number> {
    if (pool.queueSize >= MAX_QUEUE) throw new AppError('overloaded')
    return pool.run({ password, context }, { name: 'score' })
  }
}
