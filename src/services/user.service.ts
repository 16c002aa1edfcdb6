import { AppError } from '../errors/app-error.ts'
import type { Atomically, FromReplica, Repositories } from '../repositories/repositories.ts'
import type { Session } from '../repositories/session.repository.ts'
import type { User, UserChange } from '../repositories/user.repository.ts'
import type { UserCount } from '../repositories/user-count.repository.ts'
import type { UserFilter, UserPage } from '../repositories/user-search.repository.ts'
import { record } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import { keepingAnAdmin } from './last-admin.ts'
import type { Origin } from './origin.ts'
import { deleteUser, endAllSessions, recordRightsChange } from './rights-change.ts'
import type { SessionService } from './session.service.ts'

export interface UserDependencies {
  repositories: Pick<Repositories, 'users'>
  atomically: Atomically
  fromReplica: FromReplica
  sessions: Pick<SessionService, 'list' | 'endAll'>
  clock: Clock
}

/** A page, and how many users there are on all. */
export type UserList = Omit<UserPage, 'total'> & UserCount

export type UserService = ReturnType<typeof createUserService>

/** What administrators do with the accounts of others. Whatever is about one throws `not_found` for an unknown user. */
export function createUserService({ repositories, atomically, fromReplica, sessions, clock }: UserDependencies) {
  const { users } = repositories

  return { list, find, findByEmail, change, remove, sessionsOf, endSessions }

  /** One page, newest first, and how many there are in all. */
  async function list(filter: UserFilter, limit: number, beforeId: string | null): Promise<UserList> {
    return fromReplica(async ({ userSearch, userCounts }) => {
      const page = await userSearch.findPage(filter, limit, beforeId)
      if (page.total !== null) return { ...page, total: page.total, isEstimate: false }
      return { ...page, ...(await userCounts.count(filter)) }
    })
  }

  async function find(id: string): Promise<User> {
    const user = await users.findById(id)
    if (!user) throw new AppError('not_found')
    return user
  }

  /** The email is expected in its normalised form. */
  async function findByEmail(email: string): Promise<User> {
    const found = await users.findByEmail(email)
    if (!found) throw new AppError('not_found')
    // What was found has the password hash, which goes no further than a login.
    return find(found.id)
  }

  /**
   * Disabling ends every session, and enabling brings none back. Throws `last_admin` where no active administrator
   * would be left.
   */
  async function change(id: string, change: UserChange, origin: Origin): Promise<User> {
    await atomically((within) =>
      change.status === 'disabled'
        ? keepingAnAdmin(within, () => changeWithin(within, id, change, origin))
        : changeWithin(within, id, change, origin),
    )
    return find(id)
  }

  async function changeWithin(within: Repositories, id: string, change: UserChange, origin: Origin): Promise<void> {
    // Locked before it is read, so that of two changes the second sees what the first left.
    await within.users.lock(id)
    const before = await within.users.findById(id)
    if (!before) throw new AppError('not_found')
    await within.users.update(id, change)
    if (change.status === undefined || change.status === before.status) return
    await recordRightsChange(within, id, clock.now())
    if (change.status === 'active') return record(within, origin, { action: 'user_enabled', subjectId: id })
    const sessionsEnded = await endAllSessions(within, id, clock.now())
    await record(within, origin, { action: 'user_disabled', subjectId: id, details: { sessionsEnded } })
  }

  /** Throws `last_admin` where no active administrator would be left. */
  async function remove(id: string, origin: Origin): Promise<void> {
    await atomically((within) =>
      keepingAnAdmin(within, async () => {
        if (!(await deleteUser(within, id, clock.now()))) throw new AppError('not_found')
        await record(within, origin, { action: 'user_deleted', subjectId: id })
      }),
    )
  }

  async function sessionsOf(id: string): Promise<Session[]> {
    await find(id)
    return sessions.list(id)
  }

  /** Gives how many were open. */
  async function endSessions(id: string, origin: Origin): Promise<number> {
    await find(id)
    return sessions.endAll(id, null, origin)
  }
}
