import type pg from 'pg'

interface Index {
  name: string
  definition: string
}

/** Those that no constraint needs. Writing an index in one go is much faster than row by row. */
const SECONDARY = `
  SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
  WHERE indrelid = ANY ($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
  ORDER BY name`

/** Does the work while the tables have no secondary indexes. Callers hold a transaction: nobody sees them gone. */
export async function withoutIndexes(
  client: pg.Client,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows: indexes } = await client.query<Index>(SECONDARY, [tables])
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`)
  await work()
  for (const { definition } of indexes) await client.query(definition)
}
