import pg from 'pg'
import { SEARCH_INDEX } from './search-index.ts'

const ATTEMPTS = 5

/** A row where it is still told to collect. */
const COLLECTS = `SELECT FROM pg_class WHERE oid = to_regclass($1) AND 'fastupdate=on' = ANY (reloptions)`

const INSUFFICIENT_PRIVILEGE = '42501'
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Until it is disposed of, the index that finds users by a part of their name collects what is new and sorts it in by the
 * thousand: accounts come in half the time, and a search meanwhile reads what is not sorted in yet. Without the
 * right to do so, or where others do not let go of the index, it stays as it is. In the end the tables are counted anew.
 */
export async function beginBulkLoading(directUrl: string): Promise<AsyncDisposable> {
  await onConnection(directUrl, async (client) => void (await alter(client, 'on')))
  return { [Symbol.asyncDispose]: () => onConnection(directUrl, end) }
}

async function end(client: pg.Client): Promise<void> {
  await endCollecting(client)
  await client.query('ANALYZE users, user_roles')
}

/** One for the beginning and one for the end: hours may lie between, and whatever cuts connections off. */
async function onConnection(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  // What is asked on it fails too, and says so.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** Also what an import has left behind that was killed. */
export async function endCollecting(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(COLLECTS, [SEARCH_INDEX])
  if (rowCount === 0) return
  if (await alter(client, 'off')) await client.query('SELECT gin_clean_pending_list($1)', [SEARCH_INDEX])
}

/** False where it may not, or others do not let go of the index. */
async function alter(client: pg.Client, fastupdate: 'on' | 'off', attempt = 1): Promise<boolean> {
  try {
    // Whoever asks for a user waits behind this.
    await client.query('SET lock_timeout = 300')
    await client.query(`ALTER INDEX IF EXISTS ${SEARCH_INDEX} SET (fastupdate = ${fastupdate})`)
    return true
  } catch (error) {
    const state = (error as { code?: string }).code
    if (state === LOCK_NOT_AVAILABLE && attempt < ATTEMPTS) return alter(client, fastupdate, attempt + 1)
    if (state !== LOCK_NOT_AVAILABLE && state !== INSUFFICIENT_PRIVILEGE) throw error
    return false
  }
}
