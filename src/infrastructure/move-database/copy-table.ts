import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Table } from './catalogue.ts'

/** Gives the number of rows. No more of them are in memory than the slower side has left to take. */
export async function copyTable(source: pg.Client, target: pg.Client, { name, columns }: Table): Promise<number> {
  const list = columns.join(', ')
  // A partitioned table can be read by a query only, until PostgreSQL 18.
  const reading = source.query(copyTo(`COPY (SELECT ${list} FROM ${name}) TO STDOUT`))
  const writing = target.query(copyFrom(`COPY ${name} (${list}) FROM STDIN`))
  try {
    await pipeline(reading, writing)
  } catch (cause) {
    throw new Error(`Nothing is moved: ${name} cannot be copied.`, { cause })
  }
  return writing.rowCount
}
