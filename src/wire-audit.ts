import type { CompleteConfig } from '../config/env.ts'
import type { Atomically, Repositories } from './repositories/repositories.ts'
import { createAuditKeys } from './services/audit-keys.service.ts'
import { createAuditRetention } from './services/audit-retention.service.ts'
import { createAuditSealing } from './services/audit-sealing.service.ts'
import { createAuditVerification } from './services/audit-verification.service.ts'
import type { Clock } from './services/clock.ts'
import type { AppSecrets } from './services/derive-key.ts'
import type { KeySeal } from './services/key-seal.ts'
import type { Log } from './services/log.ts'

export interface AuditWiring {
  repositories: Repositories
  atomically: Atomically
  secrets: AppSecrets
  seal: KeySeal
  clock: Clock
  log: Log
}

/** What seals the audit trail, verifies it, and lets its months go. */
export function wireAudit(
  { auditRetentionDays: retentionDays }: CompleteConfig,
  { repositories, atomically, secrets, seal, clock, log }: AuditWiring,
) {
  const auditKeys = createAuditKeys(secrets, { repositories, seal })
  const auditRetention = createAuditRetention({ repositories, atomically, auditKeys, log, retentionDays })
  const auditSealing = createAuditSealing({ atomically, auditKeys, clock, log })
  const auditVerification = createAuditVerification({ repositories, auditKeys })
  return { auditKeys, auditRetention, auditSealing, auditVerification }
}
