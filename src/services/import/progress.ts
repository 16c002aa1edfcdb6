import type { ImportProgress } from '../../repositories/import.repository.ts'
import { type Account, type Reject, takenBy } from './account.ts'
import type { NewUser } from './new-user.ts'

/** What has come of one batch. */
export interface Outcome {
  imported: readonly NewUser[]
  updated: number
  unchanged: number
  /** Whose address somebody has, who is left as they are. */
  taken: readonly Account[]
  rejects: readonly Reject[]
  /** Roles that were missing. */
  newRoles: readonly string[]
}

export const NOTHING_YET: ImportProgress = {
  read: 0,
  imported: 0,
  updated: 0,
  unchanged: 0,
  left: 0,
  rejected: 0,
  withoutPassword: 0,
  roles: {},
  newRoles: [],
  rejectsBytes: 0,
}

/** `rejectsBytes` is how long the file of rejects is now. */
export function advance(
  before: ImportProgress,
  { imported, updated, unchanged, taken, rejects, newRoles }: Outcome,
  rejectsBytes: number,
): ImportProgress {
  // A role may be called "constructor", which every object has.
  const roles = new Map(Object.entries(before.roles))
  for (const role of imported.flatMap((user) => user.roles)) roles.set(role, (roles.get(role) ?? 0) + 1)
  return {
    read: before.read + imported.length + updated + unchanged + taken.length + rejects.length,
    imported: before.imported + imported.length,
    updated: before.updated + updated,
    unchanged: before.unchanged + unchanged,
    left: before.left + taken.length,
    rejected: before.rejected + rejects.length,
    withoutPassword: before.withoutPassword + imported.filter(({ hasPassword }) => !hasPassword).length,
    roles: Object.fromEntries(roles),
    newRoles: [...before.newRoles, ...newRoles],
    rejectsBytes,
  }
}

/** What the file of rejects says of a batch: also who is left as they are, so that nobody is passed over in silence. */
export const linesOf = ({ taken, rejects }: Outcome): Reject[] =>
  [...rejects, ...taken.map(takenBy)].toSorted((one, other) => one.number - other.number)
