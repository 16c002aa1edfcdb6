import type { Container } from '../container.ts'
import type { ImportReport } from '../services/import/import.service.ts'
import type { ImportRequest, OnProgress } from '../services/import/import-request.ts'

/** What commands do their work with; `src/create-operations.ts` makes it, when the first command asks. */
export interface Operations {
  /** Does the work of a command on the database of the configuration, and closes what it needed. */
  withContainer: WithContainer
  /** Makes the database where there is none, and brings it up to date. */
  migrateDatabase(): Promise<AppliedChanges>
  /** Which changes a database of this version has, and which of them this one has. Changes nothing. */
  listChanges(): Promise<ListedChanges>
  /** Brings the embedded database to another; `onProgress` is told of each step in a line. */
  moveDatabase(targetUrl: string, onProgress: (line: string) => void): Promise<MovedDatabase>
  importUsers(request: ImportRequest, onProgress: OnProgress): Promise<ImportReport>
}

export type WithContainer = <T>(work: (container: Container) => Promise<T>) => Promise<T>

/** The names of the changes that were missing. */
export interface AppliedChanges {
  migrations: readonly string[]
  seeders: readonly string[]
}

export interface ListedChange {
  name: string
  /** `newer` is one that only another version knows. */
  state: 'applied' | 'waiting' | 'newer'
}

export interface ListedChanges {
  migrations: readonly ListedChange[]
  seeders: readonly ListedChange[]
}

/** What there is to say about a database that was moved. */
export interface MovedDatabase {
  tables: number
  rows: number
  /** Where the embedded database lies, as it was. */
  dataDir: string
  /** The file with the secret that goes with the data; null where the configuration names one. */
  appSecretFile: string | null
}
