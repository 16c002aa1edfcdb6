import { readdir } from 'node:fs/promises'
import pg from 'pg'
import { CHANGE_TABLES, type ChangeFolder, folderOf } from './schema-changes.ts'

export interface ListedChange {
  name: string
  /** `newer` is one that only another version knows. */
  state: 'applied' | 'waiting' | 'newer'
}

/** SQLSTATE undefined_table. */
const UNDEFINED_TABLE = '42P01'

/**
 * The changes that this version has and which of them a database has; of no database (null) none. Changes nothing, in
 * contrast to Umzug, which makes its table to look into it.
 */
export async function listChanges(directUrl: string | null): Promise<Record<ChangeFolder, ListedChange[]>> {
  if (directUrl === null) return listBy(async () => [])
  const client = new pg.Client({ connectionString: directUrl, connectionTimeoutMillis: 5_000 })
  // A query under way fails too, and says so.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await listBy((folder) => appliedOf(client, folder))
  } finally {
    await client.end()
  }
}

async function listBy(appliedIn: (folder: ChangeFolder) => Promise<string[]>) {
  return {
    migrations: stateOf(await filesOf('migrations'), await appliedIn('migrations')),
    seeders: stateOf(await filesOf('seeders'), await appliedIn('seeders')),
  }
}

function stateOf(names: readonly string[], applied: readonly string[]): ListedChange[] {
  const here = new Set(names)
  const there = new Set(applied)
  const newer = applied.filter((name) => !here.has(name)).map((name) => ({ name, state: 'newer' as const }))
  return [
    ...names.map((name) => ({ name, state: there.has(name) ? ('applied' as const) : ('waiting' as const) })),
    ...newer,
  ]
}

async function filesOf(folder: ChangeFolder): Promise<string[]> {
  return (await readdir(folderOf(folder))).filter((name) => name.endsWith('.ts')).sort()
}

async function appliedOf(client: pg.Client, folder: ChangeFolder): Promise<string[]> {
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM "${CHANGE_TABLES[folder]}" ORDER BY name`)
    return rows.map(({ name }) => name)
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return []
    throw error
  }
}
