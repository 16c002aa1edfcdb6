import type { AuditEventRepository } from '../repositories/audit-event.repository.ts'
import type { RateLimitRepository } from '../repositories/rate-limit.repository.ts'
import type { SessionRepository } from '../repositories/session.repository.ts'
import type { AuditKeys } from './audit-keys.service.ts'
import type { AuditRetention } from './audit-retention.service.ts'
import type { AuthorizationFeed } from './authorization-feed.service.ts'
import type { Clock } from './clock.ts'
import type { KeyRotationService } from './key-rotation.service.ts'
import type { Log } from './log.ts'
import { createSchedule } from './schedule.ts'

export interface MaintenanceDependencies {
  sessions: Pick<SessionRepository, 'deleteOver'>
  feed: Pick<AuthorizationFeed, 'deleteOld'>
  keyRotation: Pick<KeyRotationService, 'reseal' | 'rotateIfDue' | 'removeRetired'>
  auditKeys: Pick<AuditKeys, 'keep'>
  auditRetention: AuditRetention
  auditEvents: Pick<AuditEventRepository, 'findUnsealed'>
  rateLimits: Pick<RateLimitRepository, 'deleteExpired'>
  clock: Clock
  log: Log
}

export type Maintenance = ReturnType<typeof createMaintenance>

const INTERVAL_MS = 60_000

/** Rows deleted by one statement: few enough that nobody waits for it. */
const BATCH = 500

/** A session that is over is kept for a day, for whoever looks into what happened. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** What is done on a schedule, by every node: each step is safe to be done by many at once, and by none for a while. */
export function createMaintenance(dependencies: MaintenanceDependencies) {
  const { sessions, feed, keyRotation, auditKeys, auditRetention, auditEvents, rateLimits, clock, log } = dependencies
  let wentWellAt = performance.now()
  let unsealedSeconds = 0

  return { ...createSchedule({ name: 'maintenance', everyMs: INTERVAL_MS, work: runOnce, log }), runOnce, state }

  async function runOnce(): Promise<void> {
    await auditRetention.makeMonths()
    unsealedSeconds = await ageOfUnsealed()
    const resealed = await keyRotation.reseal()
    if (resealed > 0) log.info({ keys: resealed }, 'signing keys: sealed with APP_SECRET')
    await auditKeys.keep()
    const rotated = await keyRotation.rotateIfDue()
    if (rotated) log.info(rotated, 'signing keys: rotated')
    await keyRotation.removeRetired()
    await inBatches((limit) => sessions.deleteOver(new Date(clock.now().getTime() - KEPT_MS), limit))
    await inBatches(feed.deleteOld)
    await inBatches((limit) => rateLimits.deleteExpired(clock.now(), limit))
    await auditRetention.dropOldMonths()
    wentWellAt = performance.now()
  }

  /** How long ago it last went well, and how far sealing was behind when it last looked. */
  function state(): { silentSeconds: number; unsealedSeconds: number } {
    return { silentSeconds: (performance.now() - wentWellAt) / 1000, unsealedSeconds }
  }

  async function ageOfUnsealed(): Promise<number> {
    const [oldest] = await auditEvents.findUnsealed(1)
    return oldest === undefined ? 0 : Math.max(0, (clock.now().getTime() - oldest.occurredAt.getTime()) / 1000)
  }
}

async function inBatches(remove: (limit: number) => Promise<number>): Promise<void> {
  while ((await remove(BATCH)) === BATCH);
}
