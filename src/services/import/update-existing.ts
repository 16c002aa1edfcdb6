import { AppError } from '../../errors/app-error.ts'
import type { Atomically, Repositories } from '../../repositories/repositories.ts'
import type { UserWithHash } from '../../repositories/user-transfer.repository.ts'
import { record } from '../audit-trail.ts'
import { ADMIN_ROLE } from '../builtin-roles.ts'
import type { Clock } from '../clock.ts'
import { keepingAnAdmin } from '../last-admin.ts'
import { SERVER } from '../origin.ts'
import { endAllSessions, recordRightsChange } from '../rights-change.ts'
import type { Account, Reject } from './account.ts'
import { type Changed, changesOf, rolesOf } from './changes.ts'
import { verifiedAt } from './new-user.ts'

export interface UpdateDependencies {
  repositories: Pick<Repositories, 'userTransfer'>
  atomically: Atomically
  clock: Clock
}

export interface Updated {
  updated: number
  unchanged: number
  /** Those that a rule stands against. */
  rejects: Reject[]
  /** Those that there is no account of. */
  rest: Account[]
}

/** Few of the connections, so that the next batch need not wait for one. */
const AT_ONCE = 4

/** What nodes have to hear of. */
const RIGHTS: readonly Changed[] = ['password', 'status', 'roles']

/**
 * Changes accounts that are there to what the source says of them. Each in a transaction of its own: their owners do not
 * wait for each other. Done again it changes nothing, so it may be cut off anywhere.
 */
export function createUpdateExisting({ repositories, atomically, clock }: UpdateDependencies, source: string) {
  return async function updateExisting(accounts: readonly Account[]): Promise<Updated> {
    const found = await repositories.userTransfer.findByEmails(accounts.map(({ user }) => user.email))
    const ids = new Map(found.map(({ email, id }) => [email, id]))
    const result: Updated = { updated: 0, unchanged: 0, rejects: [], rest: [] }
    const waiting = accounts.values()
    await Promise.all(Array.from({ length: AT_ONCE }, updateAll))
    return result

    async function updateAll(): Promise<void> {
      for (const account of waiting) {
        const id = ids.get(account.user.email)
        if (id === undefined) result.rest.push(account)
        else await update(id, account, result)
      }
    }
  }

  async function update(id: string, account: Account, result: Updated): Promise<void> {
    try {
      const changed = await atomically((within) => updateWithin(within, id, account))
      if (changed) result.updated += 1
      else result.unchanged += 1
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { number, line, user } = account
      result.rejects.push({ number, line, email: user.email, reason: error.message })
    }
  }

  /** False where there was nothing to change, or nobody any more. */
  async function updateWithin(within: Repositories, id: string, account: Account): Promise<boolean> {
    await within.users.lock(id)
    const [before] = await within.userTransfer.findByEmails([account.user.email])
    if (before?.id !== id) return false
    const changed = changesOf(before, account)
    if (changed.length === 0) return false
    const change = () => apply(within, before, changed, account)
    // Elsewhere the role is locked before the user. Where the two meet, one of them is done anew.
    await (before.roles.includes(ADMIN_ROLE) ? keepingAnAdmin(within, change) : change())
    return true
  }

  async function apply(
    within: Repositories,
    { id, passwordHash, roles: rolesBefore }: UserWithHash,
    changed: readonly Changed[],
    account: Account,
  ): Promise<void> {
    const { name, status, roles = [] } = account.user
    await within.users.update(id, {
      name: name ?? undefined,
      status,
      ...(changed.includes('emailVerified') && { emailVerifiedAt: verifiedAt(account, clock.now()) }),
    })
    if (account.storedHash !== null) await within.users.replacePasswordHash(id, passwordHash, account.storedHash)
    if (changed.includes('roles')) await setRoles(within, id, rolesBefore, rolesOf(roles))
    const sessionsEnded = await changeRights(within, id, changed, status)
    const details = { source, changed: changed.join(' '), sessionsEnded }
    await record(within, SERVER, { action: 'user_updated', subjectId: id, details })
  }

  async function setRoles(
    within: Repositories,
    id: string,
    before: readonly string[],
    after: readonly string[],
  ): Promise<void> {
    for (const role of before.filter((role) => !after.includes(role))) {
      await within.userRoles.delete(id, role)
      await record(within, SERVER, { action: 'role_taken', subjectId: id, details: { role } })
    }
    for (const role of after.filter((role) => !before.includes(role))) {
      await within.userRoles.insert(id, role, null)
      await record(within, SERVER, { action: 'role_granted', subjectId: id, details: { role } })
    }
  }

  /** Gives how many sessions are over. */
  async function changeRights(
    within: Repositories,
    id: string,
    changed: readonly Changed[],
    status?: string,
  ): Promise<number> {
    if (!changed.some((field) => RIGHTS.includes(field))) return 0
    await recordRightsChange(within, id, clock.now())
    const isOver = changed.includes('password') || (changed.includes('status') && status === 'disabled')
    return isOver ? endAllSessions(within, id, clock.now()) : 0
  }
}
