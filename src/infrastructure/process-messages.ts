import type { FoundDatabase } from '../find-database.ts'
import type { Collection } from './meters.ts'

/** What the first process of a server tells the others; see docs/decisions/0019-workers.md. */
export type ToWorker =
  | { kind: 'begin'; database: FoundDatabase; joinedPort: number | null }
  /** Another has taken its place. */
  | { kind: 'leave' }
  /** Asks for what it has measured. */
  | { kind: 'collect' }

/** What they answer. A process that leaves says what it has measured once more. */
export type FromWorker = { kind: 'ready'; port: number } | { kind: 'measured'; collection: Collection }
