import { z } from 'zod'
import type { AuditEvent } from '../repositories/audit-event.repository.ts'
import type { Session } from '../repositories/session.repository.ts'
import type { KeptData } from '../services/account-export.service.ts'
import { auditEvent, presentAuditEvent } from './audit.schema.ts'
import { instant } from './fields.ts'
import { presentSession, session } from './session.schema.ts'
import { presentUser, user } from './user.schema.ts'

const exportedSession = session
  .omit({ current: true })
  .extend({ endedAt: instant.nullable().meta({ description: 'Null while it is open.', example: null }) })

const exportedEvent = auditEvent.omit({ actor: true, subject: true, seal: true }).extend({
  byMe: z
    .boolean()
    .meta({ description: 'Whether I did it, signed in. What else it says of others is left out.', example: false }),
  aboutMe: z.boolean().meta({ description: 'Whether it is about my account.', example: true }),
})

export const accountExport = z
  .object({
    exportedAt: instant,
    user,
    roles: z.array(z.object({ role: z.string().meta({ example: 'user' }), grantedAt: instant })),
    sessions: z.array(exportedSession),
    events: z.array(exportedEvent),
  })
  .meta({ id: 'AccountExport', description: 'Everything that is kept about one person.' })

/** Written as it is read: an account can have more events than should be in memory at once. */
export async function* presentAccountExport({ at, user, grants, sessions, events }: KeptData): AsyncGenerator<string> {
  const known = {
    exportedAt: at.toISOString(),
    user: presentUser(user),
    roles: grants.map(({ role, grantedAt }) => ({ role, grantedAt: grantedAt.toISOString() })),
    sessions: sessions.map(presentEndedSession),
  }
  yield `${JSON.stringify(known).slice(0, -1)},"events":[`
  let separator = ''
  for await (const event of events) {
    yield separator + JSON.stringify(presentOwnEvent(event, user.id))
    separator = ','
  }
  yield ']}'
}

function presentEndedSession(ended: Session): z.input<typeof exportedSession> {
  return { ...presentSession(ended), endedAt: ended.revokedAt?.toISOString() ?? null }
}

/** Where an administrator connects from is theirs; where somebody tried to log in from concerns whose account it was. */
function presentOwnEvent(event: AuditEvent, userId: string): z.input<typeof exportedEvent> {
  const { actor, subject, seal: _seal, ...shown } = presentAuditEvent(event)
  const byMe = actor === userId
  const ofSomebodyElse = actor !== null && !byMe
  return {
    ...shown,
    ...(ofSomebodyElse && { ip: null, userAgent: null, requestId: null }),
    byMe,
    aboutMe: subject === userId,
  }
}
