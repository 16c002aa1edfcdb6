import type { AuditDetails } from '../models/audit-event.model.ts'

export interface NewAuditEvent {
  id: string
  action: string
  /** Who did it. */
  actorId: string | null
  /** Whose account it is about. */
  subjectId: string | null
  ip: string | null
  userAgent: string | null
  requestId: string | null
  details: AuditDetails
}

const COLUMNS = ['id', 'action', 'actor_id', 'subject_id', 'ip', 'user_agent', 'request_id', 'details']

/** Writes an event whose values are bound from `$first` on, or none where `from` has no row. The database gives the time. */
export function insertEvent(first: number, from = ''): string {
  const values = COLUMNS.map((_column, index) => `$${first + index}`)
  return `INSERT INTO audit_events (${COLUMNS}) SELECT ${values} ${from}`
}

/** The values of an event, to be bound. */
export function boundTo({
  id,
  action,
  actorId,
  subjectId,
  ip,
  userAgent,
  requestId,
  details,
}: NewAuditEvent): unknown[] {
  return [id, action, actorId, subjectId, ip, userAgent, requestId, JSON.stringify(details)]
}

/** Writes many events at once, whose values are bound column by column, see `boundToColumns`. */
export const INSERT_ALL = `INSERT INTO audit_events (${COLUMNS}) SELECT * FROM unnest(
  $1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::inet[], $6::text[], $7::text[], $8::jsonb[])`

export function boundToColumns(events: readonly NewAuditEvent[]): unknown[][] {
  const rows = events.map(boundTo)
  return COLUMNS.map((_column, index) => rows.map((row) => row[index]))
}
