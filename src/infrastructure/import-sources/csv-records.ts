import { type Line, MAX_RECORD_BYTES } from './lines.ts'

/** What belongs together: one line, or several where a quoted field goes over their ends. */
export interface CsvRecord {
  /** Null where a line is longer than may be held in memory. */
  bytes: Buffer | null
  /** Of its first line. */
  line: number
  /** The line and the place behind its last. */
  next: number
  end: number
  /** A quote is opened in it that is closed nowhere. */
  isOpen: boolean
}

const QUOTE = 0x22
const LINE_END = Buffer.from('\n')

/**
 * Puts lines together by their quotes: where a record ends, it has an even number of them. A quote that is not closed within
 * what may be held costs the line that it is in, and not all that are behind it.
 */
export function createCsvRecords() {
  let held: { line: Line & { bytes: Buffer }; isOdd: boolean }[] = []
  let heldBytes = 0
  return { add, finish }

  function add(line: Line): CsvRecord[] {
    const { bytes } = line
    if (bytes === null) return [...finish(), whole([line])]
    const isOdd = hasOddQuotes(bytes)
    if (held.length === 0 && !isOdd) return [whole([line])]
    held.push({ line: { ...line, bytes }, isOdd })
    heldBytes += bytes.length
    if (held.length > 1 && isOdd) return [whole(release().map(({ line }) => line))]
    return heldBytes > MAX_RECORD_BYTES ? giveUp() : []
  }

  /** What is held when nothing comes any more. */
  function finish(): CsvRecord[] {
    return held.length === 0 ? [] : giveUp()
  }

  /** All that is held behind its first has an even number of quotes: it closes nothing, and stands for itself. */
  function giveUp(): CsvRecord[] {
    return release().map(({ line, isOdd }) => ({ ...whole([line]), isOpen: isOdd }))
  }

  function release(): typeof held {
    const released = held
    ;[held, heldBytes] = [[], 0]
    return released
  }
}

function whole(lines: readonly Line[]): CsvRecord {
  const [first, last] = [lines[0], lines.at(-1)]
  if (!first || !last) throw new Error('A record has a line.')
  const parts = lines.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [LINE_END, bytes]))
  return {
    bytes: lines.length === 1 ? first.bytes : Buffer.concat(parts.filter((part) => part !== null)),
    line: first.line,
    next: last.line + 1,
    end: last.end,
    isOpen: false,
  }
}

function hasOddQuotes(bytes: Buffer): boolean {
  let isOdd = false
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) isOdd = !isOdd
  return isOdd
}
