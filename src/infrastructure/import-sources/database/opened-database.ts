import type pg from 'pg'
import type { SourceTable } from './source-table.ts'

/** A database to import from, within the transaction that it is read in. */
export interface OpenedDatabase {
  client: pg.Client
  tables: SourceTable[]
  /** `reading` is what else the records depend on. */
  fingerprint(...reading: unknown[]): Promise<string>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** The URL of a database, or the path of a dump. */
  from: string
  /** Where the tables of a dump are put for the time of the import: tables of its connection only. */
  scratchUrl: string
}
