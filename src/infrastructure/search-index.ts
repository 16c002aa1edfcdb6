import type pg from 'pg'
import type { Log } from './log.ts'

const INDEX = 'users_search_text_idx'
const EXTENSION = "SELECT installed_version AS installed FROM pg_available_extensions WHERE name = 'pg_trgm'"
const VALIDITY = 'SELECT indisvalid AS "isValid" FROM pg_index WHERE indexrelid = to_regclass($1)'
// Without a list of pending entries: a search would have to read it, and one registration in many would have to clear it.
const CREATE = `CREATE INDEX CONCURRENTLY ${INDEX} ON users USING gin (search_text gin_trgm_ops) WITH (fastupdate = off)`

/** Half a minute for a million users; longer only where somebody's transaction stays open, and then another day. */
const BUILD_MS = 300_000

const INSUFFICIENT_PRIVILEGE = '42501'

/**
 * Makes the index that finds users by a part of email or name, where PostgreSQL's extension pg_trgm can be had. Without
 * it a search gives the same answers and reads all users for those that are rare. Nobody waits while it is built.
 */
export async function ensureSearchIndex(client: pg.Client, log: Log): Promise<void> {
  const obstacle = await obstacleToExtension(client)
  if (obstacle) {
    log.warn(`search: ${obstacle}, so searching for users reads all of them`)
    return
  }
  const [index] = (await client.query<{ isValid: boolean }>(VALIDITY, [INDEX])).rows
  if (index?.isValid) return
  await client.query(`SET statement_timeout = ${BUILD_MS}`)
  // What a start left that was interrupted.
  if (index) await client.query(`DROP INDEX CONCURRENTLY ${INDEX}`)
  await client.query(CREATE)
  log.info('search: the index is built')
}

async function obstacleToExtension(client: pg.Client): Promise<string | null> {
  const [extension] = (await client.query<{ installed: string | null }>(EXTENSION)).rows
  if (!extension) return "the extension pg_trgm is not there (it comes with PostgreSQL's contrib package)"
  if (extension.installed !== null) return null
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm')
    return null
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error
    return 'the extension pg_trgm needs somebody who may do it to run CREATE EXTENSION pg_trgm, and a start after it'
  }
}
