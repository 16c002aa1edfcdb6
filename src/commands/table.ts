import { escapeText } from './escape-text.ts'

/** A heading, and what stands below it. What may have any letters comes last: nothing has to line up behind it. */
export type Column<T> = readonly [heading: string, cell: (item: T) => string | null]

const GAP = '  '

/**
 * The lines of a table as pages of it arrive: a column is as wide as the widest cell so far, so nobody has to wait for
 * the last page.
 */
export function createTable<T>(columns: readonly Column<T>[]): (items: readonly T[]) => string {
  let widths: readonly number[] = columns.map(([heading]) => heading.length)
  let hasHeadings = false

  return function linesOf(items) {
    if (items.length === 0) return ''
    const rows = items.map((item) => columns.map(([, cell]) => escapeText(cell(item) ?? '-')))
    if (!hasHeadings) rows.unshift(columns.map(([heading]) => heading))
    hasHeadings = true
    widths = widths.map((width, index) => Math.max(width, ...rows.map((row) => row[index]?.length ?? 0)))
    return rows.map((row) => `${alignedTo(widths, row)}\n`).join('')
  }
}

const alignedTo = (widths: readonly number[], row: readonly string[]): string =>
  row
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(GAP)
    .trimEnd()
