import { type Command, Option } from 'commander'
import type { Container } from '../container.ts'
import type { AuditFilter } from '../repositories/audit-event.repository.ts'
import { AUDIT_ACTIONS } from '../services/audit-trail.ts'
import { readTime } from './read-argument.ts'
import { findUser, readUser, type UserReference } from './user-argument.ts'

/** Which events a command is about. */
export interface FilterOptions {
  actor?: UserReference
  subject?: UserReference
  action?: string
  since?: Date
  until?: Date
}

export function takingFilter(command: Command): Command {
  return command
    .option('--actor <user>', 'done by this user: email or id', readUser)
    .option('--subject <user>', 'about the account of this user: email or id', readUser)
    .addOption(new Option('--action <action>', 'what was done').choices(AUDIT_ACTIONS))
    .option('--since <time>', 'from this instant or day on (ISO 8601)', readTime)
    .option('--until <time>', 'before this instant or day (ISO 8601)', readTime)
}

export async function filterOf(
  container: Container,
  { actor, subject, action, since, until }: FilterOptions,
): Promise<AuditFilter> {
  const [actorId, subjectId] = await Promise.all([idOf(container, actor), idOf(container, subject)])
  return { actorId, subjectId, action, since, until }
}

/** Events stay behind when a user goes, so an id is asked for as it is. */
async function idOf(container: Container, reference: UserReference | undefined): Promise<string | undefined> {
  if (reference?.email === undefined) return reference?.id
  return (await findUser(container, reference)).id
}
