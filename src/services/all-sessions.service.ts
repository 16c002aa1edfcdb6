import { NIL } from 'uuid'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import { record } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import { SERVER } from './origin.ts'
import { firstSessionIdAt } from './session-ids.ts'

export interface AllSessionsDependencies {
  repositories: Pick<Repositories, 'sessions'>
  atomically: Atomically
  clock: Clock
}

/** Rows written by one statement: few enough that no refresh waits long for one of them. */
const BATCH = 1000

/** The sessions of everybody, for when nobody knows any more which of them are good. */
export function createAllSessionsService({ repositories, atomically, clock }: AllSessionsDependencies) {
  return { endAll }

  /**
   * Ends every session that has begun until now. First every node is told, and refuses all of their access tokens, also
   * those of sessions that this database does not know; then no refresh token is left. Can be done again where it was cut
   * off. Gives how many sessions were open.
   */
  async function endAll(): Promise<number> {
    const now = clock.now()
    await atomically(async (within) => {
      await within.revocations.insert([{ sessionsBefore: now, recordedAt: now }])
      await record(within, SERVER, { action: 'all_sessions_ended', subjectId: null })
    })
    const end = firstSessionIdAt(now)
    let ended = 0
    let last: string | undefined = NIL
    while (last !== undefined) {
      const ids: readonly string[] = await repositories.sessions.endBetween(last, end, now, BATCH)
      ended += ids.length
      last = ids.length === BATCH ? ids.at(-1) : undefined
    }
    return ended
  }
}
