import type pg from 'pg'

/** Names are as SQL wants them, with quotes and a schema where they need one. */
export interface Table {
  name: string
  /** Those that are stored as they are given; what is generated follows from them. */
  columns: string[]
}

export interface Partition {
  name: string
  parent: string
  /** `FOR VALUES FROM … TO …` */
  bound: string
}

type FoundTable = Table & { references: string[] }

/** Of every schema but PostgreSQL's own: what lies outside of ours is not passed over in silence. */
const OURS = `relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')`
const TABLES = `
  SELECT oid::regclass::text AS name,
         ARRAY(SELECT quote_ident(attname) FROM pg_attribute
               WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
               ORDER BY attname) AS columns,
         ARRAY(SELECT DISTINCT confrelid::regclass::text FROM pg_constraint
               WHERE contype = 'f' AND conrelid = pg_class.oid AND confrelid <> pg_class.oid) AS references
  FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND ${OURS} ORDER BY 1`
const PARTITIONS = `
  SELECT oid::regclass::text AS name, inhparent::regclass::text AS parent, pg_get_expr(relpartbound, oid) AS bound
  FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE relkind = 'r' AND relispartition AND ${OURS} ORDER BY 1`
const SEQUENCES = `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'S' AND ${OURS} ORDER BY 1`

/** Every table, a partitioned one as a whole; what a table refers to comes before it. */
export async function findTables(client: pg.Client): Promise<Table[]> {
  const waiting = new Set((await client.query<FoundTable>(TABLES)).rows)
  const ordered: Table[] = []
  while (waiting.size > 0) {
    const missing = new Set([...waiting].map(({ name }) => name))
    const ready = [...waiting].filter(({ references }) => !references.some((name) => missing.has(name)))
    if (ready.length === 0) throw new Error(`Tables refer to each other: ${[...missing].join(', ')}.`)
    for (const table of ready) waiting.delete(table)
    ordered.push(...ready)
  }
  return ordered
}

export async function findPartitions(client: pg.Client): Promise<Partition[]> {
  return (await client.query<Partition>(PARTITIONS)).rows
}

export async function findSequences(client: pg.Client): Promise<string[]> {
  return (await client.query<{ name: string }>(SEQUENCES)).rows.map(({ name }) => name)
}
