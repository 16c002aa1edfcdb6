import { timingSafeEqual } from 'node:crypto'
import type { AuditEvent } from '../repositories/audit-event.repository.ts'
import type { AuditSeal } from '../repositories/audit-seal.repository.ts'
import type { Repositories } from '../repositories/repositories.ts'
import type { AuditKeys } from './audit-keys.service.ts'
import { DIGEST_BYTES, type KnownSealer } from './audit-seal.ts'
import { removedSeals } from './removed-seals.ts'

export interface AuditVerificationDependencies {
  repositories: Pick<Repositories, 'auditEvents' | 'auditKeys' | 'auditSeals'>
  auditKeys: Pick<AuditKeys, 'known'>
}

/** The end of the trail as it was known at another time. */
export interface AuditHead {
  number: number
  /** Hexadecimal. */
  hash: string
}

/** What was read, where nothing or something was wrong with it. */
export interface AuditSummary {
  seals: number
  events: number
  /** Too new to be sealed. */
  unsealed: number
  head: AuditHead | null
}

export type AuditVerification = ReturnType<typeof createAuditVerification>

const SEALS_AT_ONCE = 20

/** How many stray events of one place are named. */
const NAMED = 20

/** Holds the whole audit trail against its seals. */
export function createAuditVerification({ repositories, auditKeys }: AuditVerificationDependencies) {
  const { auditEvents, auditSeals } = repositories

  return { verify }

  /**
   * Gives each thing that is wrong, in words that say where, and at the end what was read. `expected` is a head that was
   * noted before: that it is still there shows that nothing was cut off until then.
   */
  async function* verify(expected: AuditHead | null): AsyncGenerator<string, AuditSummary> {
    const known = await auditKeys.known(repositories)
    const removed = await removedSeals(auditEvents, known)
    const summary: AuditSummary = { seals: 0, events: 0, unsealed: 0, head: null }
    let end = 0
    let missingByAge = 0
    let last: AuditSeal | null = null
    yield* strayEvents(Number.MIN_SAFE_INTEGER, 0)
    for await (const [seal, events] of sealsWithEvents()) {
      missingByAge += countUpTo(removed.last, end + 1, seal.number - 1)
      yield* gap(end + 1, seal.number - 1, removed.last)
      yield* problemsOf(seal, events, { known, last })
      if (isAnother(seal, expected)) yield `seal ${seal.number} is another than was expected`
      summary.seals += 1
      summary.events += events.length
      last = seal
      end = seal.number
    }
    yield* strayEvents(end + 1, Number.MAX_SAFE_INTEGER)
    missingByAge += countUpTo(removed.last, end + 1, removed.last)
    if (missingByAge !== removed.seals) {
      yield `up to seal ${removed.last}, ${missingByAge} seals are missing, of which ${removed.seals} went by age`
    }
    if (expected && expected.number > Math.max(end, removed.last)) {
      yield `seal ${expected.number} is missing: the trail ends at ${end}`
    }
    summary.unsealed = await auditEvents.countUnsealed()
    summary.head = last && { number: last.number, hash: last.hash.toString('hex') }
    return summary
  }

  async function* sealsWithEvents(): AsyncGenerator<[AuditSeal, AuditEvent[]]> {
    let seals: AuditSeal[] = []
    do {
      seals = await auditSeals.findBehind(seals.at(-1)?.number ?? 0, SEALS_AT_ONCE)
      const events = await auditEvents.findSealed(seals[0]?.number ?? 0, seals.at(-1)?.number ?? 0)
      const bySeal = Map.groupBy(events, ({ seal }) => seal)
      for (const seal of seals) yield [seal, bySeal.get(seal.number) ?? []]
    } while (seals.length === SEALS_AT_ONCE)
  }

  /** Seals that are missing, where age does not explain it, and what names them. */
  async function* gap(first: number, last: number, removedUntil: number): AsyncGenerator<string> {
    if (first > last) return
    const from = Math.max(first, removedUntil + 1)
    if (from === last) yield `seal ${last} is missing`
    else if (from < last) yield `the seals from ${from} to ${last} are missing`
    yield* strayEvents(first, last)
  }

  async function* strayEvents(first: number, last: number): AsyncGenerator<string> {
    const events = await auditEvents.findSealed(first, last, NAMED)
    // Asked behind: what was sealed in between comes with its seal.
    const there = new Set(await auditSeals.findNumbers(events.map(({ seal }) => seal ?? 0)))
    for (const { id, seal } of events) {
      if (!there.has(seal ?? 0)) yield `event ${id} names seal ${seal}, which is missing`
    }
  }

  function* problemsOf(
    seal: AuditSeal,
    events: readonly AuditEvent[],
    { known, last }: { known: readonly KnownSealer[]; last: AuditSeal | null },
  ): Generator<string> {
    const { number, sealedAt, hash, previousHash } = seal
    const where = `seal ${number} of ${sealedAt.toISOString()}`
    const maker = known.find(({ hashOf, lastSeal }) => number <= lastSeal && timingSafeEqual(hashOf(seal), hash))
    if (!maker) yield `${where} was altered`
    if (last?.number === number - 1 && !last.hash.equals(previousHash)) yield `${where} does not follow the one before`
    for (const problem of eventProblems(seal, events, maker ? [maker] : known)) yield `${where}: ${problem}`
  }

  function* eventProblems(
    { eventIds, digests }: AuditSeal,
    events: readonly AuditEvent[],
    makers: readonly KnownSealer[],
  ): Generator<string> {
    const found = new Map(events.map((event) => [event.id, event]))
    for (const [index, id] of eventIds.entries()) {
      const event = found.get(id)
      const digest = digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES)
      if (!event) yield `event ${id} is missing`
      else if (!makers.some(({ digestOf }) => digestOf(event).equals(digest)))
        yield `event ${id} (${event.action}) was altered`
      found.delete(id)
    }
    for (const id of found.keys()) yield `event ${id} was added`
  }
}

const isAnother = ({ number, hash }: AuditSeal, expected: AuditHead | null): boolean =>
  expected?.number === number && expected.hash !== hash.toString('hex')

/** How many of the numbers from `first` to `last` are not above `limit`. */
const countUpTo = (limit: number, first: number, last: number): number => Math.max(0, Math.min(limit, last) - first + 1)
