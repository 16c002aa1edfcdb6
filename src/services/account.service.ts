import { AppError, invalidRequest } from '../errors/app-error.ts'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { User } from '../repositories/user.repository.ts'
import type { AccessClaims } from './access-token.service.ts'
import { record } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import { keepingAnAdmin } from './last-admin.ts'
import type { Origin } from './origin.ts'
import type { PasswordService } from './password.service.ts'
import type { RateLimitService } from './rate-limit.service.ts'
import { deleteUser, endAllSessions, recordRightsChange } from './rights-change.ts'
import { workOfKnown } from './work-source.ts'

export interface AccountDependencies {
  repositories: Pick<Repositories, 'users' | 'auditEvents'>
  atomically: Atomically
  passwords: PasswordService
  rateLimits: RateLimitService
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
export function createAccountService(dependencies: AccountDependencies) {
  const { repositories, atomically, passwords, rateLimits, clock } = dependencies

  return { details, change, changePassword, remove }

  /** Whoever holds a token of an account that is gone is nobody: `invalid_token`. */
  async function details(id: string): Promise<User> {
    const user = await repositories.users.findById(id)
    if (!user) throw new AppError('invalid_token')
    return user
  }

  /**
   * Throws `invalid_request` for a new email without the right password, `email_taken`, `rate_limited`, and
   * `overloaded` where hashing is.
   */
  async function change(
    { sub, sid }: AccessClaims,
    { name, email, currentPassword }: AccountChange,
    origin: Origin,
  ): Promise<User> {
    const before = await details(sub)
    const isNewEmail = email !== undefined && email !== before.email
    if (isNewEmail && currentPassword === undefined) {
      throw invalidRequest('/currentPassword', 'is needed for a new email')
    }
    const hash = isNewEmail ? await verifyPassword({ sub, sid }, currentPassword ?? '', origin) : ''
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
   * Every other session ends, the one in use stays. Throws `invalid_request` for a wrong or a weak password,
   * `rate_limited`, and `overloaded` where hashing is.
   */
  async function changePassword(
    { sub, sid }: AccessClaims,
    { currentPassword, newPassword }: PasswordChange,
    origin: Origin,
  ): Promise<void> {
    const { email, name } = await details(sub)
    const work = workOfKnown(sub, sid)
    const oldHash = await verifyPassword({ sub, sid }, currentPassword, origin)
    await passwords.requireStrong(newPassword, name === null ? [email] : [email, name], '/newPassword', work)
    const newHash = await passwords.hash(newPassword, work)
    await atomically(async (within) => {
      if (!(await within.users.replacePasswordHash(sub, oldHash, newHash))) throw wrongPassword()
      await recordRightsChange(within, sub, clock.now())
      const sessionsEnded = await endAllSessions(within, sub, clock.now(), sid)
      await record(within, origin, { action: 'password_changed', subjectId: sub, details: { sessionsEnded } })
    })
  }

  /** Throws `invalid_request` for a wrong password, `last_admin`, `rate_limited`, and `overloaded` where hashing is. */
  async function remove({ sub, sid }: AccessClaims, currentPassword: string, origin: Origin): Promise<void> {
    await details(sub)
    await verifyPassword({ sub, sid }, currentPassword, origin)
    await atomically((within) =>
      keepingAnAdmin(within, async () => {
        if (!(await deleteUser(within, sub, clock.now()))) throw new AppError('invalid_token')
        await record(within, origin, { action: 'user_deleted', subjectId: sub })
      }),
    )
  }

  /** Gives the hash that the password was compared with. Counts by session: nobody else's failures stand in the way. */
  async function verifyPassword({ sub, sid }: Pick<AccessClaims, 'sub' | 'sid'>, password: string, origin: Origin) {
    const hash = await repositories.users.findPasswordHash(sub)
    if (hash === null) throw new AppError('invalid_token')
    const work = workOfKnown(sub, sid)
    passwords.requireRoom(work)
    const isRight = await rateLimits.evaluate(
      { budgets: [{ limit: 'password-session', of: [sid] }], origin, subjectId: async () => sub },
      () => passwords.verify(password, hash, work),
      (matches) => matches,
    )
    if (isRight) return hash
    await record(repositories, origin, { action: 'reauthentication_failed', subjectId: sub })
    throw wrongPassword()
  }
}

const wrongPassword = () => invalidRequest('/currentPassword', 'is not the current password')
