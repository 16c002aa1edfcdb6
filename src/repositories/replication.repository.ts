import type { Sequelize, Transaction } from 'sequelize'
import { createStatements } from './statement.ts'

/** What a server that may be a standby says of itself. */
export interface Progress {
  isStandby: boolean
  /** Up to where it shows what the primary has written, as PostgreSQL writes a position; null where it never followed one. */
  replayed: string | null
}

export type ReplicationRepository = ReturnType<typeof createReplicationRepository>

const WRITTEN = 'SELECT pg_current_wal_lsn()::text AS position'
const PROGRESS = 'SELECT pg_is_in_recovery() AS "isStandby", pg_last_wal_replay_lsn()::text AS replayed'
const HAS_REPLAYED = 'SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= $1::pg_lsn AS "hasReplayed"'

/** How far a primary's write-ahead log has come, and a standby in it. */
export function createReplicationRepository(sequelize: Sequelize, transaction: Transaction | null = null) {
  const rowsOf = createStatements(sequelize, transaction)

  return { writtenPosition, progress, hasReplayed }

  /** Everything that was committed until now lies before this position. Only a primary can tell. */
  async function writtenPosition(): Promise<string> {
    const [row] = await rowsOf<{ position: string }>(WRITTEN, [])
    return row?.position ?? ''
  }

  async function progress(): Promise<Progress> {
    const [row] = await rowsOf<Progress>(PROGRESS, [])
    return row ?? { isStandby: false, replayed: null }
  }

  /** Whether this is a standby that shows everything before the position. */
  async function hasReplayed(position: string): Promise<boolean> {
    const [row] = await rowsOf<{ hasReplayed: boolean | null }>(HAS_REPLAYED, [position])
    return row?.hasReplayed ?? false
  }
}
