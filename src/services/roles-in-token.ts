import { AppError } from '../errors/app-error.ts'

/** The roles of one user as they stand in an access token, which has at most 4 kB in all. */
const ROLES_CHARACTERS = 1024

/** Throws `too_many_roles` where a token could not hold them. */
export function requireRoomInToken(roles: readonly string[]): void {
  if (JSON.stringify(roles).length > ROLES_CHARACTERS) throw new AppError('too_many_roles')
}
