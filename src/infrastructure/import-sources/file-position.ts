import type { Place } from './lines.ts'

/** Where a file is read on, and the number of the record that comes next. */
export interface FilePosition extends Place {
  number: number
}

export const BEGINNING: FilePosition = { offset: 0, line: 1, number: 1 }

export const formatPosition = ({ offset, line, number }: FilePosition): string => `${offset}:${line}:${number}`

export function parsePosition(text: string): FilePosition {
  const [, offset, line, number] = /^(\d+):(\d+):(\d+)$/.exec(text) ?? []
  if (number === undefined) throw new Error('What is known of an earlier import is no position in this file.')
  return { offset: Number(offset), line: Number(line), number: Number(number) }
}
