import { AppError } from '../errors/app-error.ts'
import type { Atomically } from '../repositories/repositories.ts'
import type { UserRepository } from '../repositories/user.repository.ts'
import { ADMIN_ROLE } from './builtin-roles.ts'

export interface RoleDependencies {
  users: UserRepository
  atomically: Atomically
}

export type RoleService = ReturnType<typeof createRoleService>

/** Which roles a user has. Every change raises the user's `authVersion`. */
export function createRoleService({ users, atomically }: RoleDependencies) {
  return { rolesOf, grant, take }

  /** Throws `not_found` for an unknown user. */
  async function rolesOf(userId: string): Promise<string[]> {
    const user = await users.findById(userId)
    if (!user) throw new AppError('not_found')
    return user.roles
  }

  /** Granting again changes nothing. Throws `not_found` for an unknown user or role. */
  async function grant(userId: string, role: string, grantedBy: string | null): Promise<void> {
    await atomically(async (within) => {
      const changed = await within.userRoles.insert(userId, role, grantedBy)
      if (changed) await within.users.raiseAuthVersion(userId)
    })
  }

  /**
   * Taking what is not there changes nothing. Throws `not_found` for an unknown user or role, and `last_admin` where no
   * active administrator would be left.
   */
  async function take(userId: string, role: string): Promise<void> {
    await atomically(async (within) => {
      // Two takings of the same role wait for each other here, so that each sees what the other left.
      const known = await within.roles.lock(role)
      if (!known || !(await within.users.findById(userId))) throw new AppError('not_found')
      if (!(await within.userRoles.delete(userId, role))) return
      if (role === ADMIN_ROLE && !(await within.userRoles.hasActiveHolder(role))) throw new AppError('last_admin')
      await within.users.raiseAuthVersion(userId)
    })
  }
}
