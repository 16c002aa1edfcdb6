import { createHash } from 'node:crypto'
import { beginReading, connect } from './connect.ts'
import type { OpenedDatabase } from './opened-database.ts'
import type { SourceTable } from './source-table.ts'

/** Of every schema but PostgreSQL's own. */
const TABLES = `
  SELECT nspname AS schema, relname AS name, pg_class.oid::regclass::text AS ref,
         ARRAY(SELECT attname::text FROM pg_attribute
               WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum) AS columns
  FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname !~ '^pg_' AND nspname <> 'information_schema'
  ORDER BY 1, 2`

/** What is there does not change the fingerprint: new accounts do not make it another source. */
export async function openLiveDatabase(url: string): Promise<OpenedDatabase> {
  const client = await connect(url)
  try {
    await beginReading(client)
    const { rows: tables } = await client.query<SourceTable>(TABLES)
    return { client, tables, fingerprint, close: () => client.end() }
  } catch (error) {
    await client.end()
    throw error
  }

  async function fingerprint(...reading: unknown[]): Promise<string> {
    const { host, port, database } = client
    return createHash('sha256')
      .update(JSON.stringify([reading, host, port, database]))
      .digest('hex')
  }
}
