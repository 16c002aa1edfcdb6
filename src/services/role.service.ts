import { AppError } from '../errors/app-error.ts'
import type { Atomically, FromReplica } from '../repositories/repositories.ts'
import type { NewRole, Role, RoleChange } from '../repositories/role.repository.ts'
import type { UserRepository } from '../repositories/user.repository.ts'
import { record } from './audit-trail.ts'
import { ADMIN_ROLE } from './builtin-roles.ts'
import type { Clock } from './clock.ts'
import { keepingAnAdmin } from './last-admin.ts'
import type { Origin } from './origin.ts'
import { deleteRole, recordRightsChange } from './rights-change.ts'
import { requireRoomInToken } from './roles-in-token.ts'

export interface RoleDependencies {
  users: UserRepository
  atomically: Atomically
  fromReplica: FromReplica
  clock: Clock
}

export type RoleService = ReturnType<typeof createRoleService>

/** Which roles there are, and which a user has. Every change counts at once, also for tokens that are in use. */
export function createRoleService({ users, atomically, fromReplica, clock }: RoleDependencies) {
  return { list, create, change, remove, rolesOf, grant, take }

  /** All of them, by name. */
  function list(): Promise<Role[]> {
    return fromReplica(({ roles }) => roles.findAll())
  }

  /** Throws `role_taken`. */
  async function create(newRole: NewRole, origin: Origin): Promise<Role> {
    return atomically(async (within) => {
      const role = await within.roles.insert(newRole)
      await record(within, origin, { action: 'role_created', subjectId: null, details: { role: role.name } })
      return role
    })
  }

  /** Throws `not_found` and `role_builtin`. */
  async function change(name: string, { description }: RoleChange, origin: Origin): Promise<Role> {
    return atomically(async (within) => {
      const role = requireOwn(await within.roles.lock(name))
      if (description === undefined || role.description === description) return role
      await within.roles.updateDescription(name, description)
      await record(within, origin, { action: 'role_changed', subjectId: null, details: { role: name } })
      return requireOwn(await within.roles.lock(name))
    })
  }

  /** Whoever has the role loses it; gives how many did. Throws `not_found` and `role_builtin`. */
  async function remove(name: string, origin: Origin): Promise<number> {
    return atomically(async (within) => {
      requireOwn(await within.roles.lockExclusively(name))
      const holders = await deleteRole(within, name, clock.now())
      await record(within, origin, { action: 'role_deleted', subjectId: null, details: { role: name, holders } })
      return holders
    })
  }

  /** Throws `not_found` for an unknown user. */
  async function rolesOf(userId: string): Promise<string[]> {
    const user = await users.findById(userId)
    if (!user) throw new AppError('not_found')
    return user.roles
  }

  /**
   * Granting again changes nothing. Throws `not_found` for an unknown user or role, and `too_many_roles` where a token
   * could not hold them.
   */
  async function grant(userId: string, role: string, origin: Origin): Promise<void> {
    await atomically(async (within) => {
      if (!(await within.userRoles.insert(userId, role, origin.actorId))) return
      const { roles } = await recordRightsChange(within, userId, clock.now())
      requireRoomInToken(roles)
      await record(within, origin, { action: 'role_granted', subjectId: userId, details: { role } })
    })
  }

  /**
   * Taking what is not there changes nothing. Throws `not_found` for an unknown user or role, and `last_admin` where no
   * active administrator would be left.
   */
  async function take(userId: string, role: string, origin: Origin): Promise<void> {
    await atomically(async (within) => {
      const isKnown = (await within.roles.exists(role)) && (await within.users.findById(userId)) !== null
      if (!isKnown) throw new AppError('not_found')
      const remove = () => within.userRoles.delete(userId, role)
      const changed = role === ADMIN_ROLE ? await keepingAnAdmin(within, remove) : await remove()
      if (!changed) return
      await recordRightsChange(within, userId, clock.now())
      await record(within, origin, { action: 'role_taken', subjectId: userId, details: { role } })
    })
  }
}

function requireOwn(role: Role | null): Role {
  if (!role) throw new AppError('not_found')
  if (role.builtin) throw new AppError('role_builtin')
  return role
}
