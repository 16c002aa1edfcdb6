import type { SourceFile } from '../source-file.ts'
import { type ByteReader, createByteReader } from './byte-reader.ts'

/** The rows of a table in a dump. */
export interface CopyBlock {
  schema: string
  name: string
  columns: string[]
  /** In COPY's text format; to be read before the next block, or not at all. */
  rows: AsyncIterable<Buffer>
}

const [LF, BEGIN, END] = ['\n', '\nCOPY ', '\n\\.'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer]
const HEADER_BYTES = 65_536
const IDENTIFIER = String.raw`(?:"(?:[^"]|"")+"|[\w$]+)`
const HEADER = new RegExp(String.raw`^(?:(${IDENTIFIER})\.)?(${IDENTIFIER}) \((.*)\) FROM stdin;\r?$`, 'i')

/** The blocks `COPY … FROM stdin;` of a dump in plain text, one after the other. Throws where one has no end. */
export async function* readCopyBlocks(file: SourceFile): AsyncGenerator<CopyBlock> {
  const reader = createByteReader(file.chunks(0))
  // Then the first line, too, begins behind the end of one.
  reader.putBack(LF)
  while (await passTo(reader, BEGIN)) {
    const header = parseHeader(await readHeader(reader))
    reader.putBack(LF)
    if (header === null) continue
    const rows = readRows(reader, header.name)
    yield { ...header, rows }
    // Passed over, where nobody has read them.
    for await (const _ of rows);
  }
}

async function* readRows(reader: ByteReader, table: string): AsyncGenerator<Buffer> {
  const pieces = reader.until(END)
  let skipped = LF.length
  for (;;) {
    const { value, done } = await pieces.next()
    if (done && value) return
    if (done) throw new Error(`The dump ends in the middle of the table ${table}.`)
    yield value.subarray(skipped)
    skipped = 0
  }
}

async function passTo(reader: ByteReader, marker: Buffer): Promise<boolean> {
  const pieces = reader.until(marker)
  for (;;) {
    const { value, done } = await pieces.next()
    if (done) return value
  }
}

async function readHeader(reader: ByteReader): Promise<string> {
  let header = ''
  for await (const piece of reader.until(LF)) {
    if (header.length < HEADER_BYTES) header += piece.toString()
  }
  return header
}

function parseHeader(text: string): Omit<CopyBlock, 'rows'> | null {
  const [, schema = 'public', name, columns] = HEADER.exec(text) ?? []
  if (name === undefined || columns === undefined) return null
  const names = columns.match(new RegExp(IDENTIFIER, 'g')) ?? []
  return { schema: unquoted(schema), name: unquoted(name), columns: names.map(unquoted) }
}

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name)
