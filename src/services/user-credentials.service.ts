import { v7 as uuidv7 } from 'uuid'
import { AppError } from '../errors/app-error.ts'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { User } from '../repositories/user.repository.ts'
import { record } from './audit-trail.ts'
import { USER_ROLE } from './builtin-roles.ts'
import type { Clock } from './clock.ts'
import type { Origin } from './origin.ts'
import type { PasswordService } from './password.service.ts'
import { endAllSessions, recordRightsChange } from './rights-change.ts'
import { requireRoomInToken } from './roles-in-token.ts'
import { OWN_WORK } from './work-source.ts'

export interface UserCredentialsDependencies {
  repositories: Pick<Repositories, 'users'>
  atomically: Atomically
  passwords: PasswordService
  clock: Clock
}

export interface NewAccount {
  /** Normalised. */
  email: string
  name: string | null
  password: string
  /** Beside the one that every account has. */
  roles: readonly string[]
}

export type UserCredentialsService = ReturnType<typeof createUserCredentialsService>

/** Accounts and passwords that operators give to others. */
export function createUserCredentialsService(dependencies: UserCredentialsDependencies) {
  const { repositories, atomically, passwords, clock } = dependencies

  return { create, setPassword }

  /**
   * Throws `invalid_request` for a weak password, `email_taken`, `not_found` with the name of a role that there is not,
   * and `too_many_roles`.
   */
  async function create({ email, name, password, roles }: NewAccount, origin: Origin): Promise<User> {
    const passwordHash = await hashOfStrong(password, { email, name })
    const id = uuidv7()
    return atomically(async (within) => {
      await within.users.insert({ id, email, name, passwordHash }, [USER_ROLE])
      await record(within, origin, { action: 'user_created', subjectId: id })
      for (const role of roles) await grantFirst(within, id, role, origin)
      const user = await within.users.findById(id)
      if (!user) throw new Error('A user is gone in the transaction that makes them.')
      requireRoomInToken(user.roles)
      return user
    })
  }

  /** There is no token yet that would have to be told of it. */
  async function grantFirst(within: Repositories, userId: string, role: string, origin: Origin): Promise<void> {
    if (!(await within.roles.exists(role))) {
      throw new AppError('not_found', { errors: [{ pointer: '', message: `There is no role ${role}.` }] })
    }
    if (!(await within.userRoles.insert(userId, role, origin.actorId))) return
    await record(within, origin, { action: 'role_granted', subjectId: userId, details: { role } })
  }

  /**
   * Replaces a password without knowing the one before, and ends every session; gives how many were open. Throws
   * `not_found`, and `invalid_request` for a weak password.
   */
  async function setPassword(id: string, password: string, origin: Origin): Promise<number> {
    const user = await repositories.users.findById(id)
    if (!user) throw new AppError('not_found')
    const passwordHash = await hashOfStrong(password, user)
    return atomically(async (within) => {
      // Behind the lock nobody replaces the hash in between: neither its owner, nor a login that makes a better one.
      await within.users.lock(id)
      const before = await within.users.findPasswordHash(id)
      if (before === null) throw new AppError('not_found')
      await within.users.replacePasswordHash(id, before, passwordHash)
      await recordRightsChange(within, id, clock.now())
      const sessionsEnded = await endAllSessions(within, id, clock.now())
      await record(within, origin, { action: 'password_set', subjectId: id, details: { sessionsEnded } })
      return sessionsEnded
    })
  }

  async function hashOfStrong(password: string, { email, name }: Pick<User, 'email' | 'name'>): Promise<string> {
    await passwords.requireStrong(password, name === null ? [email] : [email, name], '/password', OWN_WORK)
    return passwords.hash(password, OWN_WORK)
  }
}
