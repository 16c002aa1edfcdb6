import type { ImportSource, SourceRecord } from '../../services/import/import-source.ts'
import { readFields } from './csv-fields.ts'
import { readHeader } from './csv-header.ts'
import { type CsvRecord, createCsvRecords } from './csv-records.ts'
import { BEGINNING, type FilePosition, formatPosition, parsePosition } from './file-position.ts'
import { readLines } from './lines.ts'
import type { Reading } from './reading.ts'
import { openSourceFile, type SourceFile } from './source-file.ts'

/** A header with names of the documented shape, and a record a line (RFC 4180). Empty lines are passed over. */
export async function openCsvSource({ path }: { path: string }): Promise<ImportSource> {
  const file = await openSourceFile(path)
  try {
    const { end, next, toUser } = await findHeader(file, path)
    const begin = { offset: end, line: next, number: 1 }
    const fingerprint = await file.fingerprint('csv')
    const read = (after: string | null) => readUsers(file, after === null ? begin : parsePosition(after), toUser)
    return { fingerprint, size: file.size, unit: 'bytes', read, close: file.close }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function findHeader(file: SourceFile, path: string) {
  for await (const [header] of readRecords(file, BEGINNING)) {
    if (!header) continue
    const [fields = []] = readFields([header])
    return { end: header.end, next: header.next, toUser: readHeader(fields) }
  }
  throw new Error(`${path} has no header.`)
}

async function* readUsers(
  file: SourceFile,
  from: FilePosition,
  toUser: (fields: string[]) => Reading,
): AsyncGenerator<SourceRecord> {
  let number = from.number
  for await (const records of readRecords(file, from)) {
    const all = readFields(records)
    for (const [index, { line, next, end }] of records.entries()) {
      const fields = all[index] ?? []
      const position = formatPosition({ offset: end, line: next, number: number + 1 })
      const reading = withLines(Array.isArray(fields) ? toUser(fields) : fields, line, next - 1)
      yield { position, number, line, read: end, ...reading }
      number += 1
    }
  }
}

/** A quote too many takes others along, down to the next quote: they are not imported either. */
function withLines(reading: Reading, first: number, last: number): Reading {
  if (reading.problem === null || first === last) return reading
  return { ...reading, problem: `${reading.problem} By its quotes it goes from line ${first} to line ${last}.` }
}

async function* readRecords(file: SourceFile, from: FilePosition): AsyncGenerator<CsvRecord[]> {
  const records = createCsvRecords()
  const isFilled = ({ bytes }: CsvRecord) => bytes?.length !== 0
  for await (const lines of readLines(file, from)) yield lines.flatMap(records.add).filter(isFilled)
  yield records.finish().filter(isFilled)
}
