import { NIL } from 'uuid'
import type { Atomically, FromReplica } from '../repositories/repositories.ts'
import type { User } from '../repositories/user.repository.ts'
import { record } from './audit-trail.ts'
import { SERVER } from './origin.ts'
import { exportedHash } from './password-hashes/stored-hash.ts'

export type ExportedUser = User & ReturnType<typeof exportedHash>

export interface UserExportDependencies {
  atomically: Atomically
  fromReplica: FromReplica
}

const BATCH = 1_000

/** Everybody with their hashes, for those who move on. */
export function createUserExport({ atomically, fromReplica }: UserExportDependencies) {
  return { count, all }

  /** May be an estimate. */
  async function count(): Promise<number> {
    return (await fromReplica(({ userCounts }) => userCounts.count({}))).total
  }

  /** In the order of their ids, some at a time. That it was begun is recorded before the first is given. */
  async function* all(): AsyncGenerator<ExportedUser[]> {
    await atomically((within) => record(within, SERVER, { action: 'users_exported', subjectId: null }))
    let last: string | undefined = NIL
    while (last !== undefined) {
      const behind: string = last
      const users = await fromReplica(({ userTransfer }) => userTransfer.findBehind(behind, BATCH))
      if (users.length > 0) yield users.map(({ passwordHash, ...user }) => ({ ...user, ...exportedHash(passwordHash) }))
      last = users.length === BATCH ? users.at(-1)?.id : undefined
    }
  }
}
