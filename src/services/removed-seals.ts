import type { AuditEventRepository } from '../repositories/audit-event.repository.ts'
import type { KnownSealer, RemovedSeals } from './audit-seal.ts'

/** What the newest event says that retention has removed until now, in all. An event that was made up says nothing. */
export async function removedSeals(
  auditEvents: Pick<AuditEventRepository, 'findPage'>,
  known: readonly KnownSealer[],
): Promise<RemovedSeals> {
  const { items } = await auditEvents.findPage({ action: 'audit_month_dropped' }, 100, null)
  const newest = items.find(({ details }) =>
    known.some(({ isProven, lastSeal }) => isProven(details) && Number(details.last) <= lastSeal),
  )
  return newest ? { seals: Number(newest.details.seals), last: Number(newest.details.last) } : { seals: 0, last: 0 }
}
