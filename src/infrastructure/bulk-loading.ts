import pg from 'pg'

const INDEX = 'users_search_text_idx'
const ATTEMPTS = 5

const INSUFFICIENT_PRIVILEGE = '42501'
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Until it is disposed of, the index that finds users by a part of their name collects what is new and sorts it in by the
 * thousand: a million accounts in a third of the time, and a search meanwhile reads what is not sorted in yet. Without the
 * right to do so, or where others do not let go of the index, it stays as it is. In the end the tables are counted anew.
 */
export async function beginBulkLoading(directUrl: string): Promise<AsyncDisposable> {
  const client = new pg.Client({ connectionString: directUrl, connectionTimeoutMillis: 5_000 })
  // The import fails by its own connections, and says so.
  client.on('error', () => undefined)
  await client.connect()
  // Whoever asks for a user waits behind this for the index.
  await client.query('SET lock_timeout = 300')
  await alter(client, 'on')
  return { [Symbol.asyncDispose]: end }

  async function end(): Promise<void> {
    try {
      await alter(client, 'off')
      await client.query(`SELECT gin_clean_pending_list(to_regclass($1)) WHERE to_regclass($1) IS NOT NULL`, [INDEX])
      await client.query('ANALYZE users, user_roles')
    } catch (error) {
      if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error
    } finally {
      await client.end()
    }
  }
}

async function alter(client: pg.Client, fastupdate: 'on' | 'off', attempt = 1): Promise<void> {
  try {
    await client.query(`ALTER INDEX IF EXISTS ${INDEX} SET (fastupdate = ${fastupdate})`)
  } catch (error) {
    const state = (error as { code?: string }).code
    if (state === LOCK_NOT_AVAILABLE && attempt < ATTEMPTS) return alter(client, fastupdate, attempt + 1)
    if (state !== LOCK_NOT_AVAILABLE && state !== INSUFFICIENT_PRIVILEGE) throw error
  }
}
