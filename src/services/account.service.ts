import { AppError, invalidRequest } from '../errors/app-error.ts'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { User } from '../repositories/user.repository.ts'
import type { AccessClaims } from './access-token.service.ts'
import type { Clock } from './clock.ts'
import { keepingAnAdmin } from './last-admin.ts'
import type { PasswordService } from './password.service.ts'
import { deleteUser, endAllSessions, recordRightsChange } from './rights-change.ts'

export interface AccountDependencies {
  repositories: Pick<Repositories, 'users'>
  atomically: Atomically
  passwords: PasswordService
  clock: Clock
}

export interface PasswordChange {
  currentPassword: string
  newPassword: string
}

export type AccountService = ReturnType<typeof createAccountService>

/** What people do with their own account. */
export function createAccountService({ repositories, atomically, passwords, clock }: AccountDependencies) {
  return { details, changePassword, remove }

  /** Whoever holds a token of an account that is gone is nobody: `invalid_token`. */
  async function details(id: string): Promise<User> {
    const user = await repositories.users.findById(id)
    if (!user) throw new AppError('invalid_token')
    return user
  }

  /**
   * Every other session ends, the one in use stays. Throws `invalid_request` for a wrong or a weak password, and
   * `overloaded` where hashing is.
   */
  async function changePassword(
    { sub, sid }: AccessClaims,
    { currentPassword, newPassword }: PasswordChange,
  ): Promise<void> {
    const { email, name } = await details(sub)
    const oldHash = await verifyPassword(sub, currentPassword)
    await passwords.requireStrong(newPassword, name === null ? [email] : [email, name], '/newPassword')
    const newHash = await passwords.hash(newPassword)
    await atomically(async (within) => {
      if (!(await within.users.replacePasswordHash(sub, oldHash, newHash))) throw wrongPassword()
      await recordRightsChange(within, sub, clock.now())
      await endAllSessions(within, sub, clock.now(), sid)
    })
  }

  /** Throws `invalid_request` for a wrong password, `last_admin`, and `overloaded` where hashing is. */
  async function remove({ sub }: AccessClaims, currentPassword: string): Promise<void> {
    await details(sub)
    await verifyPassword(sub, currentPassword)
    await atomically((within) => keepingAnAdmin(within, () => deleteUser(within, sub, clock.now())))
  }

  /** Gives the hash that the password was compared with. */
  async function verifyPassword(userId: string, password: string): Promise<string> {
    const hash = await repositories.users.findPasswordHash(userId)
    if (hash === null || !(await passwords.verify(password, hash))) throw wrongPassword()
    return hash
  }
}

const wrongPassword = () => invalidRequest('/currentPassword', 'is not the current password')
