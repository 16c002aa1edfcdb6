import type { Fields } from './csv-fields.ts'
import { type Reading, readable, unreadable } from './reading.ts'

/** How each column is read. An empty field says nothing. */
const COLUMNS: Record<string, (text: string) => unknown> = {
  email: String,
  name: String,
  passwordHash: String,
  passwordForm: String,
  roles: (text) => text.split(';').map((role) => role.trim()),
  status: String,
  // Spreadsheets write TRUE.
  emailVerified: (text) => ({ true: true, false: false })[text.toLowerCase()] ?? text,
  createdAt: String,
}

const SHOWN_CHARACTERS = 60

/** How a record is read below this header. Throws where the header is none. */
export function readHeader(fields: Fields): (fields: string[]) => Reading {
  if (!Array.isArray(fields)) throw new Error(`The header cannot be read. ${fields.problem}`)
  const [unknown] = fields.filter((name) => !Object.hasOwn(COLUMNS, name))
  const known = `known are ${Object.keys(COLUMNS).join(', ')}, separated by commas`
  if (unknown !== undefined)
    throw new Error(`The header has the column "${unknown.slice(0, SHOWN_CHARACTERS)}": ${known}.`)
  const [twice] = fields.filter((name, index) => fields.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`The header has the column "${twice}" twice.`)
  if (!fields.includes('email')) throw new Error(`The header has no column "email": ${known}.`)
  return (record) => toUser(fields, record)
}

function toUser(names: readonly string[], record: readonly string[]): Reading {
  if (record.length !== names.length) {
    return unreadable(`Its number of fields is ${record.length}; that of the header is ${names.length}.`)
  }
  const user: Record<string, unknown> = {}
  for (const [index, name] of names.entries()) {
    const text = record[index] ?? ''
    if (text !== '') user[name] = COLUMNS[name]?.(text)
  }
  return readable(user)
}
