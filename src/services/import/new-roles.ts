import type { ImportProgress } from '../../repositories/import.repository.ts'

/** Lists of roles have no pages: what comes by the thousand is something else, such as a group for each account. */
const MAX_NEW_ROLES = 1_000

/** Throws where an import would make too many roles. */
export function requireFewRoles({ newRoles }: ImportProgress, more: readonly string[]): void {
  if (newRoles.length + more.length <= MAX_NEW_ROLES) return
  throw new Error(
    `More than 1,000 roles are missing here, ${more.at(-1)} for one, and an import makes no more. Leave out what is no role ` +
      'with --map-role or in the source, and make what is one with "role create" before.',
  )
}
