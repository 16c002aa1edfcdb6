import type { AuditEvent } from '../repositories/audit-event.repository.ts'
import type { FromReplica } from '../repositories/repositories.ts'
import type { Session } from '../repositories/session.repository.ts'
import type { User } from '../repositories/user.repository.ts'
import type { Grant } from '../repositories/user-role.repository.ts'
import type { AccountService } from './account.service.ts'
import type { AuditReading } from './audit-reading.service.ts'
import type { Clock } from './clock.ts'

/** Everything that is kept about somebody, but the hashes of their secrets. */
export interface KeptData {
  at: Date
  user: User
  grants: Grant[]
  /** Also those that are over, as long as they are kept. */
  sessions: Session[]
  /** What they did, and what was done to their account, oldest first. */
  events: AsyncIterable<AuditEvent>
}

export interface AccountExportDependencies {
  accounts: Pick<AccountService, 'details'>
  audit: Pick<AuditReading, 'concerning'>
  fromReplica: FromReplica
  clock: Clock
}

export type AccountExportService = ReturnType<typeof createAccountExportService>

/** What people may see of what is kept about them (GDPR articles 15 and 20). */
export function createAccountExportService({ accounts, audit, fromReplica, clock }: AccountExportDependencies) {
  return { collect }

  async function collect(userId: string): Promise<KeptData> {
    const user = await accounts.details(userId)
    const kept = await fromReplica(async ({ userRoles, sessions }) => ({
      grants: await userRoles.findGrants(userId),
      sessions: await sessions.findAllOf(userId),
    }))
    return { at: clock.now(), user, ...kept, events: audit.concerning(userId) }
  }
}
