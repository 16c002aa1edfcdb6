import pg from 'pg'
import { messageOf } from '../../error-fields.ts'
import { applySettings } from '../../move-database/settings.ts'

const CONNECT_MS = 10_000

/** Throws with what the server says, and without the URL, in which a password can stand. */
export async function connect(url: string): Promise<pg.Client> {
  if (!URL.canParse(url)) throw new Error('The URL of the source is none: postgres://user@host/database.')
  try {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'gatehouse-import',
    })
    // Where the connection is lost, statements fail and say so.
    client.on('error', () => undefined)
    await client.connect()
    return client
  } catch (error) {
    throw new Error(`The source does not let us in: ${reasonOf(error as Error)}.`)
  }
}

/** One snapshot, in which nothing can be written. A policy that would hide rows makes its reading fail. */
export async function beginReading(client: pg.Client): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await applySettings(client)
  // All rows are fetched: a plan that is good for the first few takes too long.
  await client.query('SET LOCAL row_security = off; SET LOCAL cursor_tuple_fraction = 1')
}

/** A name with several addresses fails with an error for each, and says nothing itself. */
export function reasonOf(error: Error): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return messageOf(first) ?? (first as NodeJS.ErrnoException).code ?? first.name
}
