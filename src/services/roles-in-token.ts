import { AppError } from '../errors/app-error.ts'

/** The roles of one user as they stand in an access token, which has at most 4 kB in all. */
const ROLES_CHARACTERS = 1024

export const fitIntoToken = (roles: readonly string[]): boolean => JSON.stringify(roles).length <= ROLES_CHARACTERS

/** Throws `too_many_roles`. */
export function requireRoomInToken(roles: readonly string[]): void {
  if (!fitIntoToken(roles)) throw new AppError('too_many_roles')
}
