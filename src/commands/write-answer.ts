import { pipeline } from 'node:stream/promises'
import { safeJson } from '../schemas/safe-json.ts'
import { escapeText } from './escape-text.ts'
import type { AnswerOptions } from './leaf.ts'
import { type Column, createTable } from './table.ts'

/** Standard output is not ours to end. */
const KEEP_OPEN = { end: false }

/** Writes the one result of a command to standard output: `value` as JSON, or the lines for a person. */
export function writeAnswer({ json = false }: AnswerOptions, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${safeJson(value, 2)}\n` : lines.map((line) => `${escapeText(line)}\n`).join(''))
}

/** A result that has no end in sight, piece by piece, as fast as it is read. */
export function writePieces(pieces: AsyncIterable<string>): Promise<void> {
  return pipeline(pieces, process.stdout, KEEP_OPEN)
}

/** A list, page by page: as one JSON array with an item a line, or as a table. */
export async function writeList<T>(
  { json = false }: AnswerOptions,
  pages: AsyncIterable<readonly T[]>,
  columns: readonly Column<T>[],
): Promise<void> {
  await writePieces(json ? jsonOf(pages) : tableOf(pages, columns))
}

/** What is worth knowing and no part of the result. */
export function note(line: string): void {
  process.stderr.write(`${escapeText(line)}\n`)
}

/** A list that is there already. */
export async function* onePage<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  yield items
}

/** The fields of one thing, a line each. */
export function fieldLines(fields: Readonly<Record<string, string | null>>): string[] {
  const width = Math.max(...Object.keys(fields).map((name) => name.length))
  return Object.entries(fields).map(([name, value]) => `${name.padEnd(width)}  ${value ?? '-'}`)
}

async function* jsonOf(pages: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let before = '['
  for await (const items of pages) {
    if (items.length === 0) continue
    yield `${before}\n${items.map((item) => `  ${safeJson(item)}`).join(',\n')}`
    before = ','
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

async function* tableOf<T>(pages: AsyncIterable<readonly T[]>, columns: readonly Column<T>[]): AsyncGenerator<string> {
  const linesOf = createTable(columns)
  let isEmpty = true
  for await (const items of pages) {
    isEmpty &&= items.length === 0
    yield linesOf(items)
  }
  if (isEmpty) note('There are none.')
}
