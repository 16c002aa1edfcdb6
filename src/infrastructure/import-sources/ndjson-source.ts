import { isUtf8 } from 'node:buffer'
import type { ImportSource, SourceRecord } from '../../services/import/import-source.ts'
import { BEGINNING, formatPosition, parsePosition } from './file-position.ts'
import { readLines } from './lines.ts'
import { parseObject } from './parse-object.ts'
import { PROBLEMS, type Reading } from './reading.ts'
import { openSourceFile } from './source-file.ts'

/** One JSON object of the documented shape a line. Empty lines are passed over. */
export async function openNdjsonSource({ path }: { path: string }): Promise<ImportSource> {
  const file = await openSourceFile(path)
  const fingerprint = await file.fingerprint('ndjson')
  return { fingerprint, size: file.size, unit: 'bytes', read, close: file.close }

  async function* read(after: string | null): AsyncGenerator<SourceRecord> {
    const from = after === null ? BEGINNING : parsePosition(after)
    let number = from.number
    for await (const lines of readLines(file, from)) {
      for (const { bytes, line, end } of lines) {
        if (bytes?.length === 0) continue
        const position = formatPosition({ offset: end, line: line + 1, number: number + 1 })
        yield { position, number, line, read: end, ...readObject(bytes) }
        number += 1
      }
    }
  }
}

function readObject(bytes: Buffer | null): Reading {
  if (bytes === null) return PROBLEMS.tooLong
  if (!isUtf8(bytes)) return PROBLEMS.notUtf8
  return parseObject(bytes.toString())
}
