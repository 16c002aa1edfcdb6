import type { ImportState } from '../../repositories/import.repository.ts'
import type { Reject } from './account.ts'
import type { Batch } from './batches.ts'
import type { ReadUser } from './imported-user.ts'

export interface ImportOptions {
  /** What the audit trail calls the source: `csv`, `better-auth` … */
  sourceName: string
  readUser: ReadUser
  /** What else decides about the outcome: with other ones it is another import. */
  reading: unknown
  existing: 'leave' | 'update'
  dryRun: boolean
  /** Begins anew where an earlier run was cut off. */
  restart: boolean
  rejects: Rejects
  /** Told of each batch: how much of the source is read, and how many records are dealt with. */
  onProgress(progress: { read: number; users: number }): void
}

/** Where records go that are not imported, so that they can be mended. */
export interface Rejects {
  /** Whatever stands behind so many bytes goes; nothing else may stand there. Throws where there are fewer. */
  begin(bytes: number): Promise<void>
  /** Writes behind so many bytes, and gives how many there are then. */
  write(bytes: number, rejects: readonly Reject[]): Promise<number>
}

/** Writes a batch behind the one before, which may be under way still, and gives where the import is then. */
export type WriteBatch = (batch: Batch, previous: Promise<ImportState>) => Promise<ImportState>
