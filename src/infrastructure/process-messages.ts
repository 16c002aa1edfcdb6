import type { FoundDatabase } from '../find-database.ts'

/** What the first process of a server tells the others; see docs/decisions/0019-workers.md. */
export type ToWorker =
  | { kind: 'begin'; database: FoundDatabase; joinedPort: number | null }
  /** Another has taken its place. */
  | { kind: 'leave' }
  | { kind: 'collect'; id: number }

/** What they answer. */
export type FromWorker = { kind: 'ready'; port: number } | { kind: 'metrics'; id: number; metrics: object[] }
