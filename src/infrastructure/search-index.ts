import type pg from 'pg'
import type { Log } from './log.ts'

export const SEARCH_INDEX = 'users_search_text_idx'
const EXTENSION = `SELECT available.name, installed.extnamespace::regnamespace::text AS schema
                   FROM pg_available_extensions AS available LEFT JOIN pg_extension AS installed ON extname = name
                   WHERE available.name = 'pg_trgm'`
const VALIDITY = 'SELECT indisvalid AS "isValid" FROM pg_index WHERE indexrelid = to_regclass($1)'
// Without a list of pending entries: a search would have to read it, and one registration in many would have to clear it.
const CREATE = (schema: string) => `CREATE INDEX CONCURRENTLY ${SEARCH_INDEX} ON users
  USING gin (search_text ${schema}.gin_trgm_ops) WITH (fastupdate = off)`

/** Half a minute for a million users; longer only where somebody's transaction stays open, and then another day. */
const BUILD_MS = 300_000

const INSUFFICIENT_PRIVILEGE = '42501'
const QUERY_CANCELED = '57014'

/**
 * Makes the index that finds users by a part of email or name, where PostgreSQL's extension pg_trgm can be had. Without
 * it a search gives the same answers and reads all users for those that are rare. Nobody waits while it is built.
 */
export async function ensureSearchIndex(client: pg.Client, log: Log): Promise<void> {
  try {
    const schema = await ensureExtension(client)
    if (await build(client, schema)) log.info('search: the index is built')
  } catch (error) {
    const obstacle = obstacleIn(error)
    if (!obstacle) throw error
    log.warn(`search: ${obstacle}; until then, searching for users reads all of them`)
  }
}

/** Gives the schema that the extension lies in, quoted where it needs to be. */
async function ensureExtension(client: pg.Client): Promise<string> {
  const known = await findExtension(client)
  if (known?.schema) return known.schema
  if (known) await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm')
  const made = await findExtension(client)
  if (!made?.schema) throw new MissingExtension()
  return made.schema
}

async function findExtension(client: pg.Client): Promise<{ schema: string | null } | undefined> {
  return (await client.query<{ schema: string | null }>(EXTENSION)).rows[0]
}

/** False where there was nothing to build. */
async function build(client: pg.Client, schema: string): Promise<boolean> {
  const [index] = (await client.query<{ isValid: boolean }>(VALIDITY, [SEARCH_INDEX])).rows
  if (index?.isValid) return false
  await client.query(`SET statement_timeout = ${BUILD_MS}`)
  // What a start left that was interrupted.
  if (index) await client.query(`DROP INDEX CONCURRENTLY ${SEARCH_INDEX}`)
  await client.query(CREATE(schema))
  return true
}

class MissingExtension extends Error {}

/** What an operator can do about it; null for an error that nobody expects. */
function obstacleIn(error: unknown): string | null {
  if (error instanceof MissingExtension)
    return "install the extension pg_trgm (PostgreSQL's contrib package) and start again"
  const { code } = error as { code?: string }
  if (code === INSUFFICIENT_PRIVILEGE) return 'let somebody who may run CREATE EXTENSION pg_trgm, and start again'
  return code === QUERY_CANCELED ? 'its index could not be built in time, the next start tries again' : null
}
