/** What is read of a tutorial's table of users, and may be named where it is not found. */
export const SEQUELIZE_FIELDS = ['id', 'email', 'password', 'name', 'role', 'status', 'verified', 'created'] as const

export type SequelizeField = (typeof SEQUELIZE_FIELDS)[number]

/** A file or a database of users, as somebody names it. `location` is a URL or the file of a dump. */
export type NamedSource =
  | { kind: 'csv' | 'ndjson' | 'keycloak'; path: string }
  | { kind: 'firebase'; path: string; hashConfigPath?: string | undefined }
  | { kind: 'better-auth' | 'supabase'; location: string }
  | {
      kind: 'sequelize'
      location: string
      table?: string | undefined
      columns: Readonly<Partial<Record<SequelizeField, string>>>
    }

/** What somebody wants to be imported, and how. */
export interface ImportRequest {
  source: NamedSource
  /** What becomes of accounts that are here already. */
  existing: 'leave' | 'update'
  dryRun: boolean
  /** Begins anew where an earlier run was cut off. */
  restart: boolean
  /** Old names of roles and those of here; null where one is to be left out. */
  roleNames: readonly (readonly [string, string | null])[]
  rejectsFile: string
}

/** How far something is that takes long. */
export interface Progress {
  done: number
  /** What it is done at; null where nobody knows. */
  of: number | null
  users: number
}

export type OnProgress = (progress: Progress) => void
