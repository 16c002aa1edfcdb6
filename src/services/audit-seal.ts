import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AuditDetails, AuditEvent } from '../repositories/audit-event.repository.ts'
import type { AuditSeal } from '../repositories/audit-seal.repository.ts'

export type AuditSealer = ReturnType<typeof createAuditSealer>

/** One of the keys that have sealed the trail. A seal with a higher number than its last is none of its. */
export interface KnownSealer extends AuditSealer {
  lastSeal: number
}

/** How many seals retention has removed, and the highest number among them. */
export interface RemovedSeals {
  seals: number
  last: number
}

/** What a seal follows. */
export type SealPlace = Pick<AuditSeal, 'number' | 'hash'>

export const DIGEST_BYTES = 32

/**
 * Seals of the audit trail: HMAC-SHA-256 under a key from `APP_SECRET`, which the database does not know, so that
 * whoever can write to it can neither alter an event nor make the seal anew. What is hashed is JSON of an array, each
 * field in its place.
 */
export function createAuditSealer(key: Buffer) {
  return { sealOf, digestOf, hashOf, proofOf, isProven }

  /** The seal that follows `previous`, over events of one month. */
  function sealOf(events: readonly AuditEvent[], previous: SealPlace, sealedAt: Date): AuditSeal {
    const seal = {
      number: previous.number + 1,
      month: monthOf(events[0]?.occurredAt ?? sealedAt),
      sealedAt,
      eventIds: events.map(({ id }) => id),
      digests: Buffer.concat(events.map(digestOf)),
      previousHash: previous.hash,
    }
    return { ...seal, hash: hashOf(seal) }
  }

  function digestOf(event: AuditEvent): Buffer {
    const { id, occurredAt, action, actorId, subjectId, ip, userAgent, requestId, details } = event
    return mac(['event', id, occurredAt, action, actorId, subjectId, ip, userAgent, requestId, details])
  }

  function hashOf({ number, month, sealedAt, eventIds, digests, previousHash }: Omit<AuditSeal, 'hash'>): Buffer {
    return mac(['seal', number, month, sealedAt, eventIds, digests.toString('hex'), previousHash.toString('hex')])
  }

  /** What shows that it was this service that removed seals, and no more than it says. */
  function proofOf({ seals, last }: RemovedSeals): string {
    return mac(['removed', seals, last]).toString('base64url')
  }

  function isProven({ seals, last, proof }: AuditDetails): boolean {
    if (typeof seals !== 'number' || typeof last !== 'number' || typeof proof !== 'string') return false
    const [given, expected] = [Buffer.from(proof), Buffer.from(proofOf({ seals, last }))]
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  function mac(fields: readonly unknown[]): Buffer {
    return createHmac('sha256', key).update(JSON.stringify(fields)).digest()
  }
}

/** What the next seal follows. Numbers are not given again, also where retention removed the last ones, or all. */
export const placeBehind = (last: AuditSeal | null, removed: RemovedSeals): SealPlace => ({
  number: Math.max(last?.number ?? 0, removed.last),
  hash: last?.hash ?? Buffer.alloc(DIGEST_BYTES),
})

/** `YYYY-MM`, in UTC. */
export const monthOf = (instant: Date): string => instant.toISOString().slice(0, 'YYYY-MM'.length)
