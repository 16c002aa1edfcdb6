import type { SequelizeField } from '../../../services/import/import-request.ts'
import { findColumns, nameOf, type SourceTable } from './source-table.ts'

export type NamedColumns = Readonly<Partial<Record<SequelizeField, string>>>

/** What tutorials call them, the likelier first. */
const USUAL: Record<SequelizeField, readonly string[]> = {
  id: ['id', 'userId', 'uuid'],
  email: ['email', 'emailAddress', 'mail'],
  password: ['password', 'passwordHash', 'hash', 'hashedPassword', 'encryptedPassword', 'passwordDigest'],
  name: ['name', 'fullName', 'displayName', 'username'],
  role: ['role', 'roles', 'userRole'],
  status: [
    ...['status', 'active', 'isActive', 'enabled', 'isEnabled', 'disabled', 'isDisabled'],
    ...['banned', 'isBanned', 'blocked', 'isBlocked'],
  ],
  verified: [
    ...['emailVerifiedAt', 'emailVerified', 'isEmailVerified', 'verifiedAt', 'verified', 'isVerified'],
    ...['emailConfirmedAt', 'emailConfirmed', 'confirmedAt', 'confirmed', 'isConfirmed'],
  ],
  created: ['createdAt', 'created', 'createdOn', 'registeredAt'],
}

const NEEDED: readonly SequelizeField[] = ['id', 'email', 'password']
/** With the wrong one of two, somebody would get what is not theirs. Of the others, any says the same. */
const NOT_TO_GUESS: readonly SequelizeField[] = ['email', 'password', 'role', 'status']

export const looksLikeUsers = (table: SourceTable, named: NamedColumns): boolean =>
  NEEDED.every((field) => candidatesFor(table, field, named).length > 0)

/** The column of each field that there is one for. Throws where one is missing that is needed, or where it would be a guess. */
export function chooseColumns(table: SourceTable, named: NamedColumns): Partial<Record<SequelizeField, string>> {
  const fields = Object.keys(USUAL) as SequelizeField[]
  const pairs = fields.map((field) => [field, chooseColumn(table, field, named)] as const)
  return Object.fromEntries(pairs.filter(([, column]) => column !== undefined))
}

function chooseColumn(table: SourceTable, field: SequelizeField, named: NamedColumns): string | undefined {
  const [column, ...others] = candidatesFor(table, field, named)
  const advice = `name one with --${field}-column; there are ${table.columns.join(', ')}`
  if (column === undefined && (named[field] !== undefined || NEEDED.includes(field))) {
    throw new Error(`${nameOf(table)} has no column ${named[field] ?? `for the ${field}`}: ${advice}.`)
  }
  if (others.length > 0 && NOT_TO_GUESS.includes(field)) {
    throw new Error(
      `${nameOf(table)} has several columns for the ${field}, ${[column, ...others].join(' and ')}: ${advice}.`,
    )
  }
  return column
}

function candidatesFor(table: SourceTable, field: SequelizeField, named: NamedColumns): string[] {
  const name = named[field]
  return name === undefined ? findColumns(table, USUAL[field]) : table.columns.filter((column) => column === name)
}
