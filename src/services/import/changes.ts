import type { UserWithHash } from '../../repositories/user-transfer.repository.ts'
import { USER_ROLE } from '../builtin-roles.ts'
import type { Account } from './account.ts'

export type Changed = 'name' | 'password' | 'status' | 'roles' | 'emailVerified'

/** In what an account here differs from what the source says of it. */
export function changesOf(found: UserWithHash, { user, storedHash }: Account): Changed[] {
  const differs: Record<Changed, boolean> = {
    // Who has no name there may have one here.
    name: typeof user.name === 'string' && user.name !== found.name,
    password: storedHash !== null && storedHash !== found.passwordHash,
    status: user.status !== undefined && user.status !== found.status,
    roles: user.roles !== undefined && rolesOf(user.roles).toSorted().join() !== found.roles.toSorted().join(),
    emailVerified:
      user.emailVerified !== undefined && (user.emailVerified !== false) !== (found.emailVerifiedAt !== null),
  }
  return (Object.keys(differs) as Changed[]).filter((field) => differs[field])
}

/** With the one that everybody has. */
export const rolesOf = (roles: readonly string[]): string[] => [...new Set([USER_ROLE, ...roles])]
