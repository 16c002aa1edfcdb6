import { Op, type Transaction, type WhereOptions } from 'sequelize'
import { NIL } from 'uuid'
import type { AuditDetails, AuditEventModel } from '../models/audit-event.model.ts'
import { boundTo, boundToColumns, INSERT_ALL, insertEvent, type NewAuditEvent } from './audit-event-insert.ts'
import { createStatements, type RunPrepared, type Statement } from './statement.ts'

export type { AuditDetails }

export interface AuditEvent extends NewAuditEvent {
  occurredAt: Date
  /** The number of the seal that vouches for it; null for the first seconds. */
  seal: number | null
}

export interface AuditFilter {
  actorId?: string | undefined
  subjectId?: string | undefined
  action?: string | undefined
  since?: Date | undefined
  /** Before this instant, not at it. */
  until?: Date | undefined
}

/** The place of an event among all. */
export interface AuditPlace {
  occurredAt: Date
  id: string
}

export interface AuditPage {
  items: AuditEvent[]
  hasMore: boolean
}

export type AuditEventRepository = ReturnType<typeof createAuditEventRepository>

const INSERT: Statement = { name: 'audit_event_insert', text: insertEvent(1) }

// Each half by its own index. With OR, the planner would read all events in order of time to find those of one person.
const CONCERNING_BY = (column: string) => `
  (SELECT id, occurred_at AS "occurredAt", action, actor_id AS "actorId", subject_id AS "subjectId", ip,
     user_agent AS "userAgent", request_id AS "requestId", details, seal
   FROM audit_events WHERE ${column} = $1 AND (occurred_at, id) > ($2, $3) ORDER BY occurred_at, id LIMIT $4)`
const CONCERNING = `${CONCERNING_BY('subject_id')} UNION ${CONCERNING_BY('actor_id')} ORDER BY "occurredAt", id LIMIT $4`

const MARK_SEALED = `UPDATE audit_events SET seal = $1
                     FROM unnest($2::timestamptz[], $3::uuid[]) AS sealed (occurred_at, id)
                     WHERE audit_events.occurred_at = sealed.occurred_at AND audit_events.id = sealed.id`

export function createAuditEventRepository(
  events: AuditEventModel,
  runPrepared: RunPrepared,
  transaction: Transaction | null = null,
) {
  const rowsOf = createStatements(events.sequelize, transaction)

  return {
    insert,
    insertAll,
    findPage,
    findOldest,
    findConcerning,
    findUnsealed,
    markSealed,
    findSealed,
    countUnsealed,
  }

  /** The database gives the time. */
  async function insert(event: NewAuditEvent): Promise<void> {
    await runPrepared(INSERT, boundTo(event))
  }

  /** The database gives the time. */
  async function insertAll(given: readonly NewAuditEvent[]): Promise<void> {
    await rowsOf(INSERT_ALL, boundToColumns(given))
  }

  /** Keyset pages, newest first. */
  async function findPage(filter: AuditFilter, limit: number, after: AuditPlace | null): Promise<AuditPage> {
    const rows = await find(filter, limit + 1, 'DESC', after)
    return { items: rows.slice(0, limit), hasMore: rows.length > limit }
  }

  /** The oldest behind a place. */
  function findOldest(filter: AuditFilter, limit: number, after: AuditPlace | null): Promise<AuditEvent[]> {
    return find(filter, limit, 'ASC', after)
  }

  /** The oldest behind a place of all that somebody did, and that was done to their account. */
  async function findConcerning(userId: string, limit: number, after: AuditPlace | null): Promise<AuditEvent[]> {
    const bind = [userId, after?.occurredAt ?? '-infinity', after?.id ?? NIL, limit]
    return (await rowsOf<AuditRow>(CONCERNING, bind)).map(toEvent)
  }

  async function find(filter: AuditFilter, limit: number, direction: 'ASC' | 'DESC', after: AuditPlace | null) {
    const order: [string, string][] = [
      ['occurredAt', direction],
      ['id', direction],
    ]
    const where = { [Op.and]: [matching(filter), after ? behind(after, direction) : {}] }
    return (await events.findAll({ where, order, limit, raw: true, transaction })).map(toEvent)
  }

  /** The oldest that no seal vouches for. */
  async function findUnsealed(limit: number): Promise<AuditEvent[]> {
    // Said with `seal`, which is null for all of them: so it is the order of an index, and no sealed event is read.
    const order = ['seal', 'occurredAt', 'id']
    return (await events.findAll({ where: { seal: null }, order, limit, raw: true, transaction })).map(toEvent)
  }

  async function markSealed(sealed: readonly AuditPlace[], seal: number): Promise<void> {
    await rowsOf(MARK_SEALED, [seal, sealed.map(({ occurredAt }) => occurredAt), sealed.map(({ id }) => id)])
  }

  /** The events that name a seal from `first` to `last`, in no order; at most `limit`. */
  async function findSealed(first: number, last: number, limit?: number): Promise<AuditEvent[]> {
    const where = { seal: { [Op.between]: [String(first), String(last)] as [string, string] } }
    return (await events.findAll({ where, ...(limit !== undefined && { limit }), raw: true, transaction })).map(toEvent)
  }

  async function countUnsealed(): Promise<number> {
    return events.count({ where: { seal: null }, transaction })
  }
}

function matching({ actorId, subjectId, action, since, until }: AuditFilter): WhereOptions {
  return {
    ...(actorId !== undefined && { actorId }),
    ...(subjectId !== undefined && { subjectId }),
    ...(action !== undefined && { action }),
    ...((since || until) && { occurredAt: { ...(since && { [Op.gte]: since }), ...(until && { [Op.lt]: until }) } }),
  }
}

/** The first condition follows from the second; the planner takes only it for the months and for the index. */
function behind({ occurredAt, id }: AuditPlace, direction: 'ASC' | 'DESC'): WhereOptions {
  const beyond = direction === 'DESC' ? Op.lt : Op.gt
  return {
    occurredAt: { [direction === 'DESC' ? Op.lte : Op.gte]: occurredAt },
    [Op.or]: [{ occurredAt: { [beyond]: occurredAt } }, { id: { [beyond]: id } }],
  }
}

/** The driver gives 64-bit integers as text. */
type AuditRow = Omit<AuditEvent, 'seal'> & { seal: string | null }

function toEvent({ seal, ...row }: AuditRow): AuditEvent {
  return { ...row, seal: seal === null ? null : Number(seal) }
}
