import { AppError } from '../../errors/app-error.ts'
import type { Atomically, Repositories } from '../../repositories/repositories.ts'
import { record } from '../audit-trail.ts'
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

/** What takes rights away, so that an administrator may be the last. */
const MAY_TAKE_RIGHTS: readonly Changed[] = ['status', 'roles']

/**
 * Changes accounts that are there to what the source says of them. Each in a transaction of its own: their owners do not
 * wait for each other. Done again it changes nothing, so it may be cut off anywhere.
 */
export function createUpdateExisting({ repositories, atomically, clock }: UpdateDependencies, source: string) {
  return async function updateExisting(accounts: readonly Account[]): Promise<Updated> {
    const found = await repositories.userTransfer.findByEmails(accounts.map(({ user }) => user.email))
    const ids = new Map(found.map(({ email, id }) => [email, id]))
    const result: Updated = { updated: 0, unchanged: 0, rejects: [], rest: [] }
    for (const account of accounts) {
      const id = ids.get(account.user.email)
      if (id === undefined) result.rest.push(account)
      else await update(id, account, result)
    }
    return result
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
    const { email } = account.user
    const [before] = await within.userTransfer.findByEmails([email])
    const mayTakeRights =
      before !== undefined && changesOf(before, account).some((field) => MAY_TAKE_RIGHTS.includes(field))
    const change = () => changeLocked(within, id, account)
    return mayTakeRights ? keepingAnAdmin(within, change) : change()
  }

  async function changeLocked(within: Repositories, id: string, account: Account): Promise<boolean> {
    await within.users.lock(id)
    const [before] = await within.userTransfer.findByEmails([account.user.email])
    if (before?.id !== id) return false
    const changed = changesOf(before, account)
    if (changed.length === 0) return false
    const { name, status, roles } = account.user
    await within.users.update(id, {
      name: name ?? undefined,
      status,
      ...(changed.includes('emailVerified') && { emailVerifiedAt: verifiedAt(account, clock.now()) }),
    })
    if (account.storedHash !== null) await within.users.replacePasswordHash(id, before.passwordHash, account.storedHash)
    if (changed.includes('roles')) await setRoles(within, id, before.roles, rolesOf(roles ?? []))
    const sessionsEnded = await changeRights(within, id, changed, status)
    const details = { source, changed: changed.join(' '), sessionsEnded }
    await record(within, SERVER, { action: 'user_updated', subjectId: id, details })
    return true
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
    if (!changed.some((field) => field === 'password' || MAY_TAKE_RIGHTS.includes(field))) return 0
    await recordRightsChange(within, id, clock.now())
    const isOver = changed.includes('password') || (changed.includes('status') && status === 'disabled')
    return isOver ? endAllSessions(within, id, clock.now()) : 0
  }
}
