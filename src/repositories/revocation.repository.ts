import type { Transaction } from 'sequelize'
import { z } from 'zod'
import type { RevocationModel } from '../models/revocation.model.ts'
import { createStatements } from './statement.ts'

const sessionEnded = z.object({ id: z.int(), sessionId: z.uuid(), recordedAt: z.coerce.date() })

const rightsChanged = z.object({
  id: z.int(),
  userId: z.uuid(),
  authVersion: z.int(),
  roles: z.array(z.string()),
  status: z.enum(['active', 'disabled', 'deleted']),
  email: z.string().nullable(),
  recordedAt: z.coerce.date(),
})

const roleDeleted = z.object({ id: z.int(), role: z.string(), recordedAt: z.coerce.date() })

const allEnded = z.object({ id: z.int(), sessionsBefore: z.coerce.date(), recordedAt: z.coerce.date() })

const keysChanged = z.object({ signingKeys: z.literal('changed') })

const announcement = z.union([sessionEnded, rightsChanged, roleDeleted, allEnded, keysChanged])

/** A session that ended, at the instant of the node that ended it. */
export type SessionEnded = z.output<typeof sessionEnded>

/** What a user may do from now on: the `authVersion` that says so, and what goes with it; no email where they are gone. */
export type RightsChanged = z.output<typeof rightsChanged>

/** A role that nobody has any more, until it is made and granted anew. */
export type RoleDeleted = z.output<typeof roleDeleted>

/** Every session that began before an instant is over, whoever's it is. */
export type AllEnded = z.output<typeof allEnded>

/** Of two that concern the same role, the one with the higher id came later, whichever clocks they were recorded by. */
export type Revocation = SessionEnded | RightsChanged | RoleDeleted | AllEnded

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never
export type NewRevocation = WithoutId<Revocation>

/** What nodes tell each other. */
export type Announcement = Revocation | z.output<typeof keysChanged>

/** Told of the changes that a transaction has recorded, before it is known whether it commits. */
export type OnRecorded = (changes: readonly Revocation[]) => void

export type RevocationRepository = ReturnType<typeof createRevocationRepository>

/** What every node listens to. */
const CHANNEL = 'gatehouse'

/** PostgreSQL refuses a payload from 8,000 bytes on. What does not fit is announced empty: then the table is read. */
const PAYLOAD_BYTES = 7_999

const NOTHING = {
  sessionId: null,
  userId: null,
  authVersion: null,
  roles: null,
  status: null,
  email: null,
  role: null,
  sessionsBefore: null,
}

const ANNOUNCE = 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload'
const HORIZON = 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon'
const FIND = `SELECT id, session_id AS "sessionId", user_id AS "userId", auth_version AS "authVersion", roles, status,
                     email, role, sessions_before AS "sessionsBefore", recorded_at AS "recordedAt"
              FROM revocations WHERE transaction_id >= $1::xid8 AND recorded_at > $2 ORDER BY id`
const DELETE_OLD = `DELETE FROM revocations WHERE id IN
                      (SELECT id FROM revocations WHERE recorded_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id`

export function createRevocationRepository(
  revocations: RevocationModel,
  onRecorded: OnRecorded,
  transaction: Transaction | null = null,
) {
  const rowsOf = createStatements(revocations.sequelize, transaction)

  return { channel: CHANNEL, insert, announceKeys, readAnnouncement, findSince, deleteOld }

  /** Stores the changes and announces them: both happen when the transaction commits, or neither. */
  async function insert(changes: readonly NewRevocation[]): Promise<void> {
    if (changes.length === 0) return
    if (!transaction) throw new Error('A change of rights is recorded in the transaction that makes it.')
    const rows = changes.map((change) => ({ ...NOTHING, ...change }))
    const inserted = await revocations.bulkCreate(rows, { validate: true, returning: ['id'], transaction })
    const recorded = changes.map((change, index) => ({ ...change, id: Number(inserted[index]?.id) }))
    await announce(recorded)
    onRecorded(recorded)
  }

  /** Tells every node that there is something new among the signing keys. */
  async function announceKeys(): Promise<void> {
    await announce([{ signingKeys: 'changed' }])
  }

  async function announce(announcements: readonly Announcement[]): Promise<void> {
    const payloads = announcements
      .map((item) => JSON.stringify(item))
      .map((payload) => (Buffer.byteLength(payload) > PAYLOAD_BYTES ? '' : payload))
    await rowsOf(ANNOUNCE, [CHANNEL, payloads])
  }

  /** Null for a payload that this version cannot read: something happened, and the table says what. */
  function readAnnouncement(payload: string): Announcement | null {
    try {
      return announcement.parse(JSON.parse(payload))
    } catch {
      return null
    }
  }

  /**
   * Everything that committed since the reading that gave `horizon`, and maybe some that was read before; with the
   * horizon for the next reading. The first reading starts at '0'. A horizon is the oldest transaction still under way:
   * ids commit out of order, and what commits later can only be in a transaction that is as old as that, or younger.
   */
  async function findSince(
    horizon: string,
    recordedAfter: Date,
  ): Promise<{ changes: Revocation[]; nextHorizon: string }> {
    // In a statement of its own, before the other: what commits between the two is read twice, never missed.
    const [row] = await rowsOf<{ horizon: string }>(HORIZON, [])
    const changes = await rowsOf<RevocationRow>(FIND, [horizon, recordedAfter])
    return { changes: changes.map(toRevocation), nextHorizon: row?.horizon ?? horizon }
  }

  /** Deletes up to `limit` rows, and tells how many. */
  async function deleteOld(recordedBefore: Date, limit: number): Promise<number> {
    return (await rowsOf(DELETE_OLD, [recordedBefore, limit])).length
  }
}

/** One of the kinds, as the table's check constraint says. The driver gives 64-bit integers as text. */
interface RevocationRow extends Omit<RightsChanged, 'id'> {
  id: string
  sessionId: string | null
  role: string | null
  sessionsBefore: Date | null
}

function toRevocation({ id, sessionId, role, sessionsBefore, recordedAt, ...rights }: RevocationRow): Revocation {
  const common = { id: Number(id), recordedAt }
  if (sessionsBefore !== null) return { ...common, sessionsBefore }
  if (sessionId !== null) return { ...common, sessionId }
  return role === null ? { ...common, ...rights } : { ...common, role }
}
