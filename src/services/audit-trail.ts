import { v7 as uuidv7 } from 'uuid'
import type { AuditDetails } from '../repositories/audit-event.repository.ts'
import type { NewAuditEvent } from '../repositories/audit-event-insert.ts'
import type { Repositories } from '../repositories/repositories.ts'
import type { Origin } from './origin.ts'

/** Every kind of event of the audit trail. The names are API and never change. */
export const AUDIT_ACTIONS = [
  'registered',
  'first_admin_created',
  'user_created',
  'login',
  'login_failed',
  'reauthentication_failed',
  'refresh_token_reused',
  'logout',
  'session_ended',
  'sessions_ended',
  'all_sessions_ended',
  'password_changed',
  'password_set',
  'email_changed',
  'role_granted',
  'role_taken',
  'role_created',
  'role_changed',
  'role_deleted',
  'user_disabled',
  'user_enabled',
  'user_deleted',
  'user_imported',
  'user_updated',
  'users_imported',
  'users_exported',
  'signing_keys_rotated',
  'limit_reached',
  'audit_month_dropped',
] as const

export type AuditAction = (typeof AUDIT_ACTIONS)[number]

export interface Happening {
  action: AuditAction
  /** Whose account it is about; null where it is about none, or about none that there is. */
  subjectId: string | null
  /** Who did it, where that is not who the origin says: a login makes known who somebody is. */
  actorId?: string
  /** Never a secret, and no more of a person than it takes to understand the event. */
  details?: AuditDetails
}

/**
 * Writes one event, in the transaction of what it records. A refused attempt changes nothing and has no transaction: it
 * is written on its own, before the answer.
 */
export async function record(
  { auditEvents }: Pick<Repositories, 'auditEvents'>,
  origin: Origin,
  happening: Happening,
): Promise<void> {
  await auditEvents.insert(eventOf(origin, happening))
}

/** The event, for what is written together with it in one statement. */
export function eventOf(
  { actorId, ip, userAgent, requestId }: Origin,
  { details = {}, ...happening }: Happening,
): NewAuditEvent {
  return { id: uuidv7(), actorId, ip, userAgent, requestId, details, ...happening }
}
