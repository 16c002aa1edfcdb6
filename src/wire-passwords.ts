import type { CompleteConfig } from '../config/env.ts'
import type { createMetrics } from './infrastructure/metrics.ts'
import { createPasswordHasher } from './infrastructure/password-hasher.ts'
import { createPasswordStrength } from './infrastructure/password-strength.ts'
import { createPasswordService } from './services/password.service.ts'

/** What hashes passwords and judges them, and the threads that do it. */
export function wirePasswords(config: CompleteConfig, metrics: Pick<ReturnType<typeof createMetrics>, 'poolObserver'>) {
  const hash = createPasswordHasher({
    usualCost: config.bcryptCost,
    processes: config.workers,
    observer: metrics.poolObserver('hash'),
  })
  const strength = createPasswordStrength(metrics.poolObserver('strength'))
  const passwords = createPasswordService(hash, strength, {
    bcryptCost: config.bcryptCost,
    minLength: config.passwordMinLength,
    contextWords: ['gatehouse', new URL(config.publicUrl).hostname],
  })
  return { passwords, passwordPools: { hash, strength } }
}
