import { AppError } from '../errors/app-error.ts'
import type { Atomically } from '../repositories/repositories.ts'
import type { UserRepository } from '../repositories/user.repository.ts'
import { ADMIN_ROLE } from './builtin-roles.ts'
import type { Clock } from './clock.ts'
import { keepingAnAdmin } from './last-admin.ts'
import { recordRightsChange } from './rights-change.ts'

export interface RoleDependencies {
  users: UserRepository
  atomically: Atomically
  clock: Clock
}

export type RoleService = ReturnType<typeof createRoleService>

/** Which roles a user has. Every change counts at once, also for tokens that are in use. */
export function createRoleService({ users, atomically, clock }: RoleDependencies) {
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
      if (changed) await recordRightsChange(within, userId, clock.now())
    })
  }

  /**
   * Taking what is not there changes nothing. Throws `not_found` for an unknown user or role, and `last_admin` where no
   * active administrator would be left.
   */
  async function take(userId: string, role: string): Promise<void> {
    await atomically(async (within) => {
      const isKnown = (await within.roles.exists(role)) && (await within.users.findById(userId)) !== null
      if (!isKnown) throw new AppError('not_found')
      const remove = () => within.userRoles.delete(userId, role)
      const changed = role === ADMIN_ROLE ? await keepingAnAdmin(within, remove) : await remove()
      if (changed) await recordRightsChange(within, userId, clock.now())
    })
  }
}
