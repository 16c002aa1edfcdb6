import { AppError, invalidRequest } from '../errors/app-error.ts'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { User } from '../repositories/user.repository.ts'
import type { AccessClaims } from './access-token.service.ts'
import { record } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import { keepingAnAdmin } from './last-admin.ts'
import type { Origin } from './origin.ts'
import type { PasswordService } from './password.service.ts'
import { deleteUser, endAllSessions, recordRightsChange } from './rights-change.ts'

export interface AccountDependencies {
  repositories: Pick<Repositories, 'users' | 'auditEvents'>
  atomically: Atomically
  passwords: PasswordService
  clock: Clock
}

export interface AccountChange {
  name?: string | null | undefined
  /** Normalised. */
  email?: string | undefined
  /** Needed where the email is another than before. */
  currentPassword?: string | undefined
}

export interface PasswordChange {
  currentPassword: string
  newPassword: string
}

export type AccountService = ReturnType<typeof createAccountService>

/** What people do with their own account. */
export function createAccountService({ repositories, atomically, passwords, clock }: AccountDependencies) {
  return { details, change, changePassword, remove }

  /** Whoever holds a token of an account that is gone is nobody: `invalid_token`. */
  async function details(id: string): Promise<User> {
    const user = await repositories.users.findById(id)
    if (!user) throw new AppError('invalid_token')
    return user
  }

  /**
   * Throws `invalid_request` for a new email without the right password, `email_taken`, and `overloaded` where hashing
   * is.
   */
  async function change(
    { sub }: AccessClaims,
    { name, email, currentPassword }: AccountChange,
    origin: Origin,
  ): Promise<User> {
    const before = await details(sub)
    const isNewEmail = email !== undefined && email !== before.email
    if (isNewEmail && currentPassword === undefined) {
      throw invalidRequest('/currentPassword', 'is needed for a new email')
    }
    const hash = isNewEmail ? await verifyPassword(sub, currentPassword ?? '', origin) : ''
    await atomically(async (within) => {
      if (isNewEmail) await within.users.lockExclusively(sub)
      if (name !== undefined) await within.users.update(sub, { name })
      if (!isNewEmail) return
      if (!(await within.users.replaceEmail(sub, hash, email))) throw wrongPassword()
      await recordRightsChange(within, sub, clock.now())
      const details = { from: before.email, to: email }
      await record(within, origin, { action: 'email_changed', subjectId: sub, details })
    })
    return details(sub)
  }

  /**
   * Every other session ends, the one in use stays. Throws `invalid_request` for a wrong or a weak password, and
   * `overloaded` where hashing is.
   */
  async function changePassword(
    { sub, sid }: AccessClaims,
    { currentPassword, newPassword }: PasswordChange,
    origin: Origin,
  ): Promise<void> {
    const { email, name } = await details(sub)
    const oldHash = await verifyPassword(sub, currentPassword, origin)
    await passwords.requireStrong(newPassword, name === null ? [email] : [email, name], '/newPassword')
    const newHash = await passwords.hash(newPassword)
    await atomically(async (within) => {
      if (!(await within.users.replacePasswordHash(sub, oldHash, newHash))) throw wrongPassword()
      await recordRightsChange(within, sub, clock.now())
      const sessionsEnded = await endAllSessions(within, sub, clock.now(), sid)
      await record(within, origin, { action: 'password_changed', subjectId: sub, details: { sessionsEnded } })
    })
  }

  /** Throws `invalid_request` for a wrong password, `last_admin`, and `overloaded` where hashing is. */
  async function remove({ sub }: AccessClaims, currentPassword: string, origin: Origin): Promise<void> {
    await details(sub)
    await verifyPassword(sub, currentPassword, origin)
    await atomically((within) =>
      keepingAnAdmin(within, async () => {
        if (!(await deleteUser(within, sub, clock.now()))) throw new AppError('invalid_token')
        await record(within, origin, { action: 'user_deleted', subjectId: sub })
      }),
    )
  }

  /** Gives the hash that the password was compared with. */
  async function verifyPassword(userId: string, password: string, origin: Origin): Promise<string> {
    const hash = await repositories.users.findPasswordHash(userId)
    if (hash === null) throw new AppError('invalid_token')
    if (!(await passwords.verify(password, hash))) {
      await record(repositories, origin, { action: 'reauthentication_failed', subjectId: userId })
      throw wrongPassword()
    }
    return hash
  }
}

const wrongPassword = () => invalidRequest('/currentPassword', 'is not the current password')
