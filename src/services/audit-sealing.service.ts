import type { AuditEvent } from '../repositories/audit-event.repository.ts'
import type { AuditSeal } from '../repositories/audit-seal.repository.ts'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { AuditKeys } from './audit-keys.service.ts'
import { monthOf, placeBehind } from './audit-seal.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import { removedSeals } from './removed-seals.ts'
import { createSchedule } from './schedule.ts'

export interface AuditSealingDependencies {
  atomically: Atomically
  auditKeys: Pick<AuditKeys, 'sealer' | 'known'>
  clock: Clock
  log: Log
}

export type AuditSealing = ReturnType<typeof createAuditSealing>

const INTERVAL_MS = 1_000
const BATCH = 500

/**
 * Seals the events of the audit trail behind those who wrote them: they only insert and wait for nobody. Every node
 * tries each second, one at a time does it.
 */
export function createAuditSealing({ atomically, auditKeys, clock, log }: AuditSealingDependencies) {
  const schedule = createSchedule({ name: 'audit trail', everyMs: INTERVAL_MS, work: sealAll, log })

  let isStarted = false

  return { start, stop, sealAll }

  function start(): void {
    isStarted = true
    schedule.start()
  }

  /** What was recorded last is sealed before this node goes, where the database lets it. */
  async function stop(): Promise<void> {
    await schedule.stop()
    if (isStarted) await sealAll().catch(() => undefined)
  }

  async function sealAll(): Promise<void> {
    let sealed = BATCH
    while (sealed === BATCH) {
      const seals = await atomically(sealSome)
      // A copy of the log that is kept elsewhere shows where the trail's end was, should it be cut off.
      for (const { number, hash } of seals)
        log.info({ seal: `${number}:${hash.toString('hex')}` }, 'audit trail: sealed')
      sealed = seals.reduce((sum, { eventIds }) => sum + eventIds.length, 0)
    }
  }

  /** Nothing where another node is at it. */
  async function sealSome(within: Repositories): Promise<AuditSeal[]> {
    const { auditEvents, auditSeals } = within
    if (!(await auditSeals.tryLock())) return []
    const events = await auditEvents.findUnsealed(BATCH)
    if (events.length === 0) return []
    const seals: AuditSeal[] = []
    const removed = await removedSeals(auditEvents, await auditKeys.known(within))
    let previous = placeBehind(await auditSeals.findLast(), removed)
    for (const ofOneMonth of byMonth(events)) {
      const seal = auditKeys.sealer.sealOf(ofOneMonth, previous, clock.now())
      await auditSeals.insert(seal)
      await auditEvents.markSealed(ofOneMonth, seal.number)
      seals.push(seal)
      previous = seal
    }
    return seals
  }
}

/** A month is dropped with its seals, so no seal holds events of two. */
function byMonth(events: readonly AuditEvent[]): AuditEvent[][] {
  return Map.groupBy(events, ({ occurredAt }) => monthOf(occurredAt))
    .values()
    .toArray()
}
