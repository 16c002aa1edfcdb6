import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { applySettings } from '../../move-database/settings.ts'
import { openSourceFile, type SourceFile } from '../source-file.ts'
import { beginReading, connect } from './connect.ts'
import { type CopyBlock, readCopyBlocks } from './copy-blocks.ts'
import type { DatabaseOptions, OpenedDatabase } from './opened-database.ts'
import { nameOf, plainName, type SourceTable } from './source-table.ts'

const HOW = 'pg_dump --format=plain, without --inserts and --schema-only'

/** Puts the tables of a dump with one of these names where a query can be asked; all their columns are texts. */
export async function openDump(
  { from: path, scratchUrl }: DatabaseOptions,
  names: readonly string[],
): Promise<OpenedDatabase> {
  await using opened = new AsyncDisposableStack()
  const file = await openSourceFile(path)
  opened.defer(file.close)
  requireDump(file.head.toString('latin1'), path)
  const client = await connect(scratchUrl)
  opened.defer(() => client.end())
  const tables = await loadTables(client, file, new Set(names.map(plainName)))
  if (tables.length === 0) throw new Error(`${path} has no rows of a table ${names.join(' or ')}. Make it by ${HOW}.`)
  await beginReading(client)
  const all = opened.move()
  return { client, tables, fingerprint: file.fingerprint, close: () => all.disposeAsync() }
}

function requireDump(head: string, path: string): void {
  if (/^-- (MySQL|MariaDB) dump/m.test(head)) throw new Error(`${path} is not of PostgreSQL: export the users to CSV.`)
  const [, encoding = 'UTF8'] = /^SET client_encoding = '([^']+)'/m.exec(head) ?? []
  if (encoding !== 'UTF8') throw new Error(`${path} is encoded in ${encoding}: make it with pg_dump --encoding=UTF8.`)
}

async function loadTables(client: pg.Client, file: SourceFile, names: ReadonlySet<string>): Promise<SourceTable[]> {
  const tables: SourceTable[] = []
  await client.query('BEGIN')
  await applySettings(client)
  for await (const block of readCopyBlocks(file)) {
    if (!names.has(plainName(block.name))) continue
    const table = { ...block, ref: `pg_temp.import_${tables.length}` }
    if (tables.some((other) => nameOf(other) === nameOf(table))) throw new Error(`The dump has ${nameOf(table)} twice.`)
    await loadTable(client, table)
    tables.push(table)
  }
  await client.query('COMMIT')
  return tables
}

async function loadTable(client: pg.Client, table: SourceTable & CopyBlock): Promise<void> {
  // Their order is that of bytes, which takes a third of the time of a language's.
  const columns = table.columns.map((name) => `${pg.escapeIdentifier(name)} text COLLATE "C"`)
  await client.query(`CREATE TEMP TABLE ${table.ref.replace('pg_temp.', '')} (${columns.join(', ')})`)
  try {
    await pipeline(Readable.from(table.rows), client.query(copyFrom(`COPY ${table.ref} FROM STDIN`)))
  } catch (error) {
    throw error instanceof pg.DatabaseError
      ? new Error(`The dump is broken in ${nameOf(table)}${placeOf(error)}.`)
      : error
  }
  await client.query(`ANALYZE ${table.ref}`)
}

/** What PostgreSQL says besides has the row in it. */
function placeOf({ where = '' }: pg.DatabaseError): string {
  const [, line] = /, line (\d+)/.exec(where) ?? []
  return line === undefined ? '' : `, in line ${line} behind its COPY`
}
