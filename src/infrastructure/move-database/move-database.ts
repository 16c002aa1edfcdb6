import type pg from 'pg'
import type { Log } from '../log.ts'
import { findSequences, findTables, type Table } from './catalogue.ts'
import { sumOf } from './content-sum.ts'
import { copyTable } from './copy-table.ts'
import { openSource } from './source.ts'
import { openTarget } from './target.ts'
import { buildSchema } from './target-schema.ts'

export interface Move {
  sourceUrl: string
  targetUrl: string
  log: Log
  /** Told of each step in a line for a person. */
  onProgress(line: string): void
  /** Gives up, as any failure does. */
  signal: AbortSignal
}

export interface Moved {
  tables: number
  rows: number
}

/**
 * Copies all that a database of ours holds into an empty one, and compares. Everything that happens in the target, its
 * tables too, is one transaction: whatever goes wrong, or is killed, leaves it as empty as it was. The source is only
 * read, from one snapshot. Throws where the target is not empty, or where a table does not arrive as it was.
 */
export async function moveDatabase({ sourceUrl, targetUrl, log, onProgress, signal }: Move): Promise<Moved> {
  await using target = await openTarget(targetUrl)
  signal.throwIfAborted()
  // Whatever it is waiting for there fails.
  signal.addEventListener('abort', () => void target.client.end())
  await using source = await openSource(sourceUrl)
  const tables = await findTables(source.client)
  await buildSchema(target.client, source.client, tables, log)
  for (const table of tables) {
    const startedAt = performance.now()
    const rows = await copyTable(source.client, target.client, table)
    onProgress(`${table.name}: ${rows} rows, ${secondsSince(startedAt)} s`)
  }
  await setSequences(source.client, target.client)
  onProgress('comparing')
  const rows = await compareAll(source.client, target.client, tables)
  // Until it is done by itself, the first queries would be planned for empty tables.
  for (const { name } of tables) await target.client.query(`ANALYZE ${name}`)
  await target.commit()
  return { tables: tables.length, rows }
}

/** What the next id will be. */
async function setSequences(source: pg.Client, target: pg.Client): Promise<void> {
  for (const name of await findSequences(source)) {
    const { rows } = await source.query<{ last: string; called: boolean }>(
      `SELECT last_value AS last, is_called AS called FROM ${name}`,
    )
    for (const { last, called } of rows) await target.query('SELECT setval($1, $2, $3)', [name, last, called])
  }
}

/** Gives how many rows there are. */
async function compareAll(source: pg.Client, target: pg.Client, tables: readonly Table[]): Promise<number> {
  let rows = 0
  for (const table of tables) {
    const [there, here] = await Promise.all([sumOf(source, table), sumOf(target, table)])
    if (there.rows !== here.rows) {
      throw new Error(`Nothing is moved: ${table.name} has ${there.rows} rows, and ${here.rows} of them arrived.`)
    }
    if (there.sum !== here.sum) {
      throw new Error(`Nothing is moved: ${table.name} arrived with other values than it has. Is there a trigger?`)
    }
    rows += Number(here.rows)
  }
  return rows
}

const secondsSince = (startedAt: number): string => ((performance.now() - startedAt) / 1000).toFixed(1)
