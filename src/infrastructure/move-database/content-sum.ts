import type pg from 'pg'
import type { Table } from './catalogue.ts'

export interface ContentSum {
  rows: string
  sum: string
}

/**
 * How many rows a table has, and a sum over 64 bits of the SHA-256 of each row's text: rows may lie in any order. Two
 * servers give the same where they write values alike, see `settings.ts`. Not MD5, which a server under FIPS refuses.
 */
export async function sumOf(client: pg.Client, { name, columns }: Table): Promise<ContentSum> {
  const text = `convert_to(ROW(${columns.join(', ')})::text, 'UTF8')`
  const bits = `('x' || encode(substr(sha256(${text}), 1, 8), 'hex'))::bit(64)::bigint`
  const { rows } = await client.query<ContentSum>(`SELECT count(*) AS rows, sum(${bits}) AS sum FROM ${name}`)
  const [row] = rows
  if (!row) throw new Error(`${name} cannot be counted.`)
  return row
}
