/** The roles of one user as they stand in an access token, which has at most 4 kB in all. */
const ROLES_CHARACTERS = 1024

export const fitIntoToken = (roles: readonly string[]): boolean => JSON.stringify(roles).length <= ROLES_CHARACTERS
