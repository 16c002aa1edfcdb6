import { v7 as uuidv7 } from 'uuid'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import { record } from './audit-trail.ts'
import { ADMIN_ROLE, USER_ROLE } from './builtin-roles.ts'
import { SERVER } from './origin.ts'
import type { PasswordService } from './password.service.ts'
import { OWN_WORK } from './work-source.ts'

export interface FirstAdmin {
  /** Normalised. */
  email: string
  password: string
  /** A password that was made from random bits is not asked how strong it is. */
  passwordIsRandom: boolean
}

export interface FirstAdminDependencies {
  repositories: Pick<Repositories, 'userRoles'>
  atomically: Atomically
  passwords: PasswordService
}

/**
 * Makes the first administrator, only while there is none; answers whether it did. An account that somebody registered
 * before is never promoted: throws `email_taken`. Throws `invalid_request` for a weak password. Callers hold the lock
 * of the database's preparation, so that of two servers one makes it.
 */
export async function createFirstAdmin(
  { email, password, passwordIsRandom }: FirstAdmin,
  { repositories, atomically, passwords }: FirstAdminDependencies,
): Promise<boolean> {
  if (await repositories.userRoles.hasActiveHolder(ADMIN_ROLE)) return false
  if (!passwordIsRandom) await passwords.requireStrong(password, [email], '/password', OWN_WORK)
  const id = uuidv7()
  const passwordHash = await passwords.hash(password, OWN_WORK)
  await atomically(async (within) => {
    await within.users.insert({ id, email, name: null, passwordHash }, [USER_ROLE, ADMIN_ROLE])
    await record(within, SERVER, { action: 'first_admin_created', subjectId: id })
  })
  return true
}
