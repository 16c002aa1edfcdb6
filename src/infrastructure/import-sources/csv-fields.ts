import { isUtf8 } from 'node:buffer'
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import type { CsvRecord } from './csv-records.ts'
import { PROBLEMS, type Reading, unreadable } from './reading.ts'

/** The fields of a record, or why it has none. */
export type Fields = string[] | Reading

/** Of many records at once: the parser costs thirty times more where it is begun anew for each. */
export function readFields(records: readonly CsvRecord[]): Fields[] {
  const texts = records.map(textOf)
  const parsed = parseAll(texts.filter((text) => typeof text === 'string'))
  let at = 0
  return texts.map((text) => (typeof text === 'string' ? (parsed[at++] ?? []) : text))
}

function textOf({ bytes, isOpen }: CsvRecord): string | Reading {
  if (bytes === null) return PROBLEMS.tooLong
  if (isOpen) return unreadable('A quote is opened in it that is not closed within 1 MB.')
  if (bytes.includes(0)) return unreadable('It has a NUL character.')
  return isUtf8(bytes) ? bytes.toString() : PROBLEMS.notUtf8
}

function parseAll(texts: readonly string[]): Fields[] {
  try {
    const all = split(texts.join('\n'))
    if (all.length === texts.length) return all
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
  }
  return texts.map(parseOne)
}

/** The parser says of a broken one what stands in it. */
function parseOne(text: string): Fields {
  try {
    return split(text)[0] ?? []
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return unreadable('A quote stands where none may: a field is in quotes as a whole, and a quote in it is doubled.')
  }
}

const split = (text: string): string[][] => parse(text, { recordDelimiter: '\n', relaxColumnCount: true })
