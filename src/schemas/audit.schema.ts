import { z } from 'zod'
import type { AuditEvent, AuditFilter, AuditPage } from '../repositories/audit-event.repository.ts'
import { AUDIT_ACTIONS } from '../services/audit-trail.ts'
import { cursorOf, encodeCursor, nextCursor } from './cursor.ts'
import { instant, ipAddress, pageSize, userAgent, uuid } from './fields.ts'
import { safeJson } from './safe-json.ts'

const USER = '019a9f0c-4b7e-7c31-9d52-6f0e8a1b2c3d'

export const auditEvent = z
  .object({
    id: uuid,
    occurredAt: instant,
    action: z.string().meta({ example: 'login_failed' }),
    actor: uuid
      .nullable()
      .meta({ description: 'Who did it: the id of a user, who may be gone by now.', example: null }),
    subject: uuid.nullable().meta({
      description: 'Whose account it is about: the id of a user, who may be gone by now.',
      example: USER,
    }),
    ip: ipAddress,
    userAgent,
    requestId: z.string().nullable().meta({ example: '019a9f0c-5a21-7d44-8e1f-0b9c7a6d5e4f' }),
    details: z
      .record(z.string(), z.union([z.string(), z.number(), z.null()]))
      .meta({ description: 'What the action adds.', example: { reason: 'wrong_password' } }),
    seal: z
      .int()
      .nullable()
      .meta({ description: 'The seal that vouches for it; null for the first seconds.', example: 42 }),
  })
  .meta({ id: 'AuditEvent' })

export const auditPage = z.object({ items: z.array(auditEvent), nextCursor })

/** PostgreSQL knows no year 0. */
const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z')
const TIME_MESSAGE = 'must be an ISO 8601 time with its zone, such as 2026-11-20T10:30:00Z'

export const time = z.iso
  .datetime({ offset: true, error: TIME_MESSAGE })
  .transform((text) => new Date(text))
  .refine((instant) => instant.getTime() >= FIRST_TIME, TIME_MESSAGE)
  .meta({ override: { type: 'string', format: 'date-time' }, example: '2026-11-20T10:30:00Z' })

const filter = {
  actor: uuid.optional().meta({ description: 'The id of the user who did it.', example: USER }),
  subject: uuid.optional().meta({ description: 'The id of the user whose account it is about.', example: USER }),
  action: z
    .enum(AUDIT_ACTIONS, `must be one of ${AUDIT_ACTIONS.join(', ')}`)
    .optional()
    .meta({ description: 'What was done.', example: 'login_failed' }),
  since: time.optional().meta({ description: 'At this instant or later.' }),
  until: time.optional().meta({ description: 'Before this instant.' }),
}

/** The last event of the page before. */
const cursor = cursorOf(z.tuple([time, uuid]).transform(([occurredAt, id]) => ({ occurredAt, id })))

export const auditExportQuery = z.strictObject(filter)
export const auditQuery = z.strictObject({
  ...filter,
  limit: pageSize,
  cursor: cursor.optional(),
})

export function auditFilterOf({
  actor,
  subject,
  action,
  since,
  until,
}: z.output<typeof auditExportQuery>): AuditFilter {
  return { actorId: actor, subjectId: subject, action, since, until }
}

export function presentAuditPage({ items, hasMore }: AuditPage): z.input<typeof auditPage> {
  const last = hasMore ? items.at(-1) : undefined
  return {
    items: items.map(presentAuditEvent),
    nextCursor: last ? encodeCursor([last.occurredAt.toISOString(), last.id]) : null,
  }
}

/** Field by field, so that a new column never shows by itself. */
export function presentAuditEvent(event: AuditEvent): z.input<typeof auditEvent> {
  const { id, occurredAt, action, actorId, subjectId, ip, userAgent, requestId, details, seal } = event
  return {
    id,
    occurredAt: occurredAt.toISOString(),
    action,
    actor: actorId,
    subject: subjectId,
    ip,
    userAgent,
    requestId,
    details,
    seal,
  }
}

/** One event a line, also for those who count more characters as the end of a line, and for a terminal. */
export async function* presentNdjson(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${safeJson(presentAuditEvent(event))}\n`
}
