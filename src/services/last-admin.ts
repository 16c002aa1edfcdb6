import { AppError } from '../errors/app-error.ts'
import type { Repositories } from '../repositories/repositories.ts'
import { ADMIN_ROLE } from './builtin-roles.ts'

type Within = Pick<Repositories, 'roles' | 'userRoles'>

/**
 * Runs a change that may leave the service without an active administrator, and throws `last_admin` where it did.
 * Changes of this kind wait for each other at the role's row, so that each sees what the other left.
 */
export async function keepingAnAdmin<T>({ roles, userRoles }: Within, change: () => Promise<T>): Promise<T> {
  await roles.lock(ADMIN_ROLE)
  const thereWasOne = await userRoles.hasActiveHolder(ADMIN_ROLE)
  const result = await change()
  if (thereWasOne && !(await userRoles.hasActiveHolder(ADMIN_ROLE))) throw new AppError('last_admin')
  return result
}
