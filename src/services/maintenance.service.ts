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
  const { sessions, feed, keyRotation, auditKeys, auditRetention, rateLimits, clock, log } = dependencies

  return { ...createSchedule({ name: 'maintenance', everyMs: INTERVAL_MS, work: runOnce, log }), runOnce }

  async function runOnce(): Promise<void> {
    await auditRetention.makeMonths()
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
  }
}

async function inBatches(remove: (limit: number) => Promise<number>): Promise<void> {
  while ((await remove(BATCH)) === BATCH);
}
