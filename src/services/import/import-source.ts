/** An account as it stands in a source, with the place that a person finds it at. */
export interface SourceRecord {
  /** An import that was cut off goes on behind this. Only the source itself knows how to read it. */
  position: string
  /** Counted from 1, in the order of the source. */
  number: number
  /** Where the record begins in a file of lines; null for what has none. */
  line: number | null
  /** How much of the source's `size` has been read with it. */
  read: number
  /**
   * In the documented shape (`schemas/imported-user.schema.ts`), not checked. Null where it cannot be read at all; beside a
   * problem, what is known of it.
   */
  user: object | null
  /** Why it cannot be read. */
  problem: string | null
}

/** What users are imported from: a file, a dump, a database. */
export interface ImportSource {
  /** The same for the same content and the same reading of it: what an import that was cut off is known by. */
  fingerprint: string
  /** In what `unit` says; null where that is not known before the end. */
  size: number | null
  unit: 'bytes' | 'users'
  /**
   * The records behind a position, or all, in an order that never changes. Holds few of them in memory. Throws where the
   * source as a whole cannot be read, with a message for the person who named it.
   */
  read(after: string | null): AsyncIterable<SourceRecord>
  close(): Promise<void>
}
