import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { AuditKeys } from './audit-keys.service.ts'
import { record } from './audit-trail.ts'
import type { Log } from './log.ts'
import { SERVER } from './origin.ts'
import { removedSeals } from './removed-seals.ts'

export interface AuditRetentionDependencies {
  repositories: Pick<Repositories, 'auditMonths'>
  atomically: Atomically
  auditKeys: Pick<AuditKeys, 'sealer' | 'known'>
  log: Log
  /** How long an event is kept, at least: a month goes when its last day is older. */
  retentionDays: number
}

export type AuditRetention = ReturnType<typeof createAuditRetention>

/** A node can be away for longer than a month, and others then go on without it. */
const MONTHS_AHEAD = 2

/** The months that the audit trail is kept in: made before they begin, dropped when they are old. */
export function createAuditRetention(dependencies: AuditRetentionDependencies) {
  const { repositories, atomically, auditKeys, log, retentionDays } = dependencies

  return { makeMonths, dropOldMonths }

  async function makeMonths(): Promise<void> {
    if ((await repositories.auditMonths.findMissing(MONTHS_AHEAD)).length === 0) return
    await atomically(async ({ auditMonths, auditSeals }) => {
      await auditSeals.lock()
      for (const month of await auditMonths.findMissing(MONTHS_AHEAD)) await auditMonths.create(month)
    })
  }

  async function dropOldMonths(): Promise<void> {
    for (const month of await repositories.auditMonths.findOlderThan(retentionDays)) {
      const dropped = await atomically((within) => drop(within, month))
      if (dropped) log.info({ month }, 'audit trail: dropped a month')
    }
  }

  /** False where another node is at it. */
  async function drop(within: Repositories, month: string): Promise<boolean> {
    const { auditMonths, auditSeals, auditEvents } = within
    if (!(await auditSeals.tryLock())) return false
    const before = await removedSeals(auditEvents, await auditKeys.known(within))
    const gone = await auditSeals.deleteMonth(month)
    await auditMonths.drop(month)
    const removed = { seals: before.seals + gone.seals, last: Math.max(before.last, gone.last) }
    const details = { month, ...removed, proof: auditKeys.sealer.proofOf(removed) }
    await record(within, SERVER, { action: 'audit_month_dropped', subjectId: null, details })
    return true
  }
}
