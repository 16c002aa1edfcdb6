import pg from 'pg'
import { applySettings } from './settings.ts'

export interface Source extends AsyncDisposable {
  client: pg.Client
}

/** One snapshot of all that is there; nothing can be written. */
export async function openSource(url: string): Promise<Source> {
  const client = new pg.Client({ connectionString: url, application_name: 'gatehouse-move' })
  // Where the connection is lost, statements fail and say so.
  client.on('error', () => undefined)
  await client.connect()
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await applySettings(client)
  return { client, [Symbol.asyncDispose]: () => client.end() }
}
