import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compare } from './compare.ts'
import { type Line, linesOf } from './lines.ts'
import { machineFacts } from './machine.ts'
import { plotOf } from './plot.ts'
import { reportOf, tableOf } from './report.ts'
import type { Row } from './row.ts'
import { ROWS } from './rows.ts'
import { openSite, type Site } from './site.ts'

const FOLDER = join(import.meta.dirname, '..')

export const rowNames = (): string[] => [...new Set(ROWS.map(({ name }) => name))]

/** The whole comparison, kept as results.md and results.svg. A row that fails is named there, and the others are measured. */
export async function compareAll(): Promise<string> {
  await using site = await openSite()
  const facts = await machineFacts(site.postgresUrl)
  const lines: Line[] = []
  const failures: string[] = []
  for (const row of ROWS) {
    try {
      lines.push(...(await measured(row, site)))
    } catch (error) {
      process.exitCode = 1
      process.stderr.write(`${row.name} failed: ${explain(error)}\n`)
      failures.push(row.title)
    }
  }
  await writeFile(join(FOLDER, 'results.md'), reportOf(lines, facts, failures))
  await writeFile(join(FOLDER, 'results.svg'), plotOf(lines))
  return tableOf(lines)
}

/** The rows of one name. Nothing is kept. */
export async function compareOne(name: string): Promise<string> {
  await using site = await openSite()
  const lines: Line[] = []
  for (const row of ROWS.filter((row) => row.name === name)) lines.push(...(await measured(row, site)))
  return tableOf(lines)
}

async function measured(row: Row, site: Site): Promise<Line[]> {
  const startedAt = performance.now()
  const lines = linesOf(await compare(row, site))
  process.stderr.write(`${row.title}: ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`)
  return lines
}

/** With its causes, which say which connection, status or process it was. */
function explain(error: unknown): string {
  const { stack, cause } = error as Error
  return cause === undefined ? (stack ?? String(error)) : `${stack}\n${explain(cause)}`
}
