import type { Database } from './database.ts'
import type { Log } from './log.ts'
import type { WalPositions } from './wal-position.ts'

export interface ReplicaOptions {
  /** How it is called in the log and in metrics. */
  name: string
  database: Database
  positions: Pick<WalPositions, 'behindMs'>
  log: Log
}

export type Replica = ReturnType<typeof createReplica>

/** Who is further behind is left out. */
const MOST_BEHIND_MS = 10_000

/** A standby that says nothing for so long is left out, before requests find out one by one. */
const SILENT_MS = 500

/** One standby of the primary, and whether it is to be asked. */
export function createReplica({ name, database, positions, log }: ReplicaOptions) {
  let standing: 'unknown' | 'used' | 'left out' = 'unknown'
  let isTrailing = false

  return {
    name,
    database,
    /** Whether it may be asked for what can be some seconds old. */
    isUsed: () => standing === 'used',
    /** Whether it may be asked for what must not be. */
    isInStep: () => standing !== 'left out' && !isTrailing,
    look,
    leaveOut,
    trail,
  }

  /** Looks how it is now; never rejects. */
  async function look(): Promise<void> {
    const silent = setTimeout(leaveOut, SILENT_MS, { reason: 'it does not answer' })
    try {
      const { isStandby, replayed } = await database.repositories.replication.progress()
      if (isStandby && replayed !== null) judge(positions.behindMs(replayed))
      else leaveOut({ reason: 'it is no standby' })
    } catch (err) {
      leaveOut({ err })
    } finally {
      clearTimeout(silent)
    }
  }

  function judge(behindMs: number): void {
    isTrailing &&= behindMs > 0
    if (behindMs > MOST_BEHIND_MS) {
      leaveOut({ reason: 'it is too far behind' })
      return
    }
    if (standing !== 'used') log.info({ replica: name }, 'a replica is used')
    standing = 'used'
  }

  /** Asks it nothing more until somebody has looked again. */
  function leaveOut(why: { reason: string } | { err: unknown }): void {
    if (standing !== 'left out') log.warn({ replica: name, ...why }, 'a replica is left out')
    standing = 'left out'
  }

  /** It takes too long to show what was written: until it does, others are asked where that matters. */
  function trail(): void {
    isTrailing = true
  }
}
