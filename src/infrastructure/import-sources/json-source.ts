import { isUtf8 } from 'node:buffer'
import type { ImportSource, SourceRecord } from '../../services/import/import-source.ts'
import { BEGINNING, formatPosition, parsePosition } from './file-position.ts'
import { type JsonElement, readElements } from './json-elements.ts'
import { parseObject } from './parse-object.ts'
import { PROBLEMS, type Reading, type ToUser } from './reading.ts'
import type { SourceFile } from './source-file.ts'

/** The accounts in the list `users` of a system's export, which is one JSON object. `reading` is what else they depend on. */
export async function createJsonSource(file: SourceFile, toUser: ToUser, ...reading: unknown[]): Promise<ImportSource> {
  const fingerprint = await file.fingerprint(...reading)
  return { fingerprint, size: file.size, unit: 'bytes', read, close: file.close }

  async function* read(after: string | null): AsyncGenerator<SourceRecord> {
    const from = after === null ? null : parsePosition(after)
    let { number } = from ?? BEGINNING
    for await (const elements of readElements(file, 'users', from)) {
      for (const element of elements) {
        const position = formatPosition({ ...element.next, number: number + 1 })
        yield { position, number, line: element.line, read: element.next.offset, ...readAccount(element, toUser) }
        number += 1
      }
    }
  }
}

function readAccount({ bytes, line }: JsonElement, toUser: ToUser): Reading {
  if (bytes === null) return PROBLEMS.tooLong
  if (!isUtf8(bytes)) return PROBLEMS.notUtf8
  const { user, problem } = parseObject(bytes.toString(), line)
  return user === null ? { user, problem } : toUser(user as Record<string, unknown>)
}
