import type { SourceFile } from './source-file.ts'

export interface Line {
  /** Without its end. Null where it is longer than may be held in memory. */
  bytes: Buffer | null
  /** Counted from 1. */
  line: number
  /** Where the next one begins. */
  end: number
}

export interface Place {
  offset: number
  /** Of the line that begins there. */
  line: number
}

/** Longer than any account is. */
export const MAX_RECORD_BYTES = 1024 * 1024
const [LF, CR] = [0x0a, 0x0d]
const BOM = Buffer.from('\ufeff')

/** The lines of a file, some at a time, for whoever does not want to wait for each. They end in LF or CRLF. */
export async function* readLines(file: SourceFile, from: Place): AsyncGenerator<Line[]> {
  let line = from.line
  const begun = beginning()
  for await (const { bytes, offset } of file.chunks(from.offset)) {
    const lines: Line[] = []
    let start = offset === 0 && bytes.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0
    for (let end = bytes.indexOf(LF, start); end !== -1; end = bytes.indexOf(LF, start)) {
      lines.push({ bytes: begun.finish(bytes.subarray(start, end)), line, end: offset + end + 1 })
      line += 1
      start = end + 1
    }
    begun.add(bytes.subarray(start))
    if (lines.length > 0) yield lines
  }
  const last = begun.finish(Buffer.alloc(0))
  if (last === null || last.length > 0) yield [{ bytes: last, line, end: file.size }]
}

/** A line that goes on in the next chunk. */
function beginning() {
  let parts: Buffer[] = []
  let length = 0
  return { add, finish }

  function add(bytes: Buffer): void {
    length += bytes.length
    if (length > MAX_RECORD_BYTES) parts = []
    else if (bytes.length > 0) parts.push(bytes)
  }

  function finish(rest: Buffer): Buffer | null {
    add(rest)
    const whole = parts.length === 1 ? (parts[0] ?? rest) : Buffer.concat(parts)
    const isHeld = length <= MAX_RECORD_BYTES
    ;[parts, length] = [[], 0]
    if (!isHeld) return null
    return whole.at(-1) === CR ? whole.subarray(0, -1) : whole
  }
}
