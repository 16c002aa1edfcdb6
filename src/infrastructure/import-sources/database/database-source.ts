import type { ImportSource, SourceRecord } from '../../../services/import/import-source.ts'
import type { Reading } from '../reading.ts'
import { reasonOf } from './connect.ts'
import { openDump } from './dump.ts'
import { openLiveDatabase } from './live-database.ts'
import type { DatabaseOptions, OpenedDatabase } from './opened-database.ts'
import type { SourceTable } from './source-table.ts'

/** A row of an account: each of its columns a text as PostgreSQL writes it. */
export type Row = Readonly<Record<string, string | null>>

/** How accounts are asked for. Parts of a statement, in which `u` is the table of the accounts. */
export interface UserQuery {
  table: SourceTable
  /** A column that no two accounts have the same of. */
  key: string
  columns: Readonly<Record<string, string>>
  joins: readonly string[]
  toUser(row: Row): Reading
}

/** A system whose accounts are in a database. */
export interface DatabaseSystem {
  kind: string
  /** Names of the tables that it needs. */
  tables: readonly string[]
  /** What else its records depend on. */
  reading: readonly unknown[]
  /** Throws where these tables are not of that system. */
  query(tables: readonly SourceTable[]): UserQuery
}

const ROWS = 2_000

/** The accounts of a live database or of a dump, ordered by their keys. */
export async function openDatabaseSource(options: DatabaseOptions, system: DatabaseSystem): Promise<ImportSource> {
  const isUrl = /^postgres(ql)?:/.test(options.from)
  const database = await (isUrl ? openLiveDatabase(options.from) : openDump(options, system.tables))
  try {
    const query = system.query(database.tables)
    const { schema, name } = query.table
    const fingerprint = await database.fingerprint(system.kind, ...system.reading, schema, name)
    const size = await countUsers(database, query)
    return {
      fingerprint,
      size,
      unit: 'users',
      read: (after) => readUsers(database, query, after),
      close: database.close,
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

async function countUsers({ client }: OpenedDatabase, { table }: UserQuery): Promise<number> {
  const [row] = await rowsOf<{ count: string }>(client, `SELECT count(*) FROM ${table.ref}`)
  return Number(row?.count)
}

async function* readUsers(
  { client }: OpenedDatabase,
  query: UserQuery,
  after: string | null,
): AsyncGenerator<SourceRecord> {
  const from = after === null ? null : parsePosition(after)
  let number = from?.number ?? 0
  // What was broken off has left one open.
  await rowsOf(client, 'CLOSE ALL')
  await rowsOf(client, `DECLARE accounts NO SCROLL CURSOR FOR ${statementOf(client, query, from?.key)}`)
  for await (const rows of fetchAhead(client)) {
    for (const row of rows) {
      number += 1
      yield { position: `${number}:${row.key}`, number, line: null, read: number, ...query.toUser(row) }
    }
  }
}

/** The database works on the next rows while these are worked on. */
async function* fetchAhead(client: Client): AsyncGenerator<KeyedRow[]> {
  const fetch = () => {
    const fetching = rowsOf<KeyedRow>(client, `FETCH ${ROWS} FROM accounts`)
    // Where nobody comes for it any more, it may fail.
    fetching.catch(() => undefined)
    return fetching
  }
  for (let next = fetch(); ; ) {
    const rows = await next
    if (rows.length === ROWS) next = fetch()
    yield rows
    if (rows.length < ROWS) return
  }
}

type KeyedRow = Row & { key: string }
type Client = OpenedDatabase['client']

function statementOf(client: Client, { table, key, columns, joins }: UserQuery, after: string | undefined): string {
  const selected = Object.entries({ key, ...columns }).map(([name, sql]) => `(${sql})::text AS "${name}"`)
  const behind = after === undefined ? '' : `WHERE ${key} > ${client.escapeLiteral(after)}`
  return `SELECT ${selected.join(', ')} FROM ${table.ref} AS u ${joins.join(' ')} ${behind} ORDER BY ${key}`
}

function parsePosition(text: string): { number: number; key: string } {
  const [, number, key] = /^(\d+):(.*)$/s.exec(text) ?? []
  if (key === undefined) throw new Error('What is known of an earlier import is no position in this database.')
  return { number: Number(number), key }
}

async function rowsOf<R extends object>(client: Client, sql: string): Promise<R[]> {
  try {
    return (await client.query<R>(sql)).rows
  } catch (error) {
    throw new Error(`The source cannot be read: ${reasonOf(error as Error)}.`)
  }
}
