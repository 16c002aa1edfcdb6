import pg from 'pg'
import type { ImportSource } from '../../../services/import/import-source.ts'
import { openDatabaseSource, type UserQuery } from './database-source.ts'
import type { DatabaseOptions } from './opened-database.ts'
import { chooseColumns, looksLikeUsers, type NamedColumns } from './sequelize-columns.ts'
import { joinRoles, ROLE_TABLES } from './sequelize-roles.ts'
import { sequelizeUser } from './sequelize-user.ts'
import { findColumns, findTables, nameOf, type SourceTable } from './source-table.ts'

export interface SequelizeOptions extends DatabaseOptions {
  /** With its schema, or without. It is found where it is called `users` or `user`. */
  table?: string | undefined
  /** Those that are not found by their usual names. */
  columns?: NamedColumns
}

const USERS = { names: ['users', 'user'], columns: [] }
/** Besides the fields that can be named. */
const OTHERS = ['firstName', 'lastName', 'isAdmin', 'deletedAt']

/** The table of users as tutorials of Express and Sequelize make it, with roles in it or in tables beside. */
export async function openSequelizeSource({
  table,
  columns = {},
  ...options
}: SequelizeOptions): Promise<ImportSource> {
  const tables = [...(table === undefined ? USERS.names : [table.split('.').at(-1) ?? table]), ...ROLE_TABLES]
  return openDatabaseSource(options, { kind: 'sequelize', tables, reading: [columns], query })

  function query(found: readonly SourceTable[]): UserQuery {
    const users = chooseTable(found, table, columns)
    const chosen = chooseColumns(users, columns)
    const others = OTHERS.flatMap((name) =>
      findColumns(users, [name])
        .slice(0, 1)
        .map((column) => [name, column] as const),
    )
    const read = Object.entries({ ...chosen, ...Object.fromEntries(others) })
    const roles = joinRoles(found, users, chosen.id ?? '')
    return {
      table: users,
      key: ofUser(chosen.id ?? ''),
      columns: {
        ...Object.fromEntries(read.map(([name, column]) => [name, ofUser(column)])),
        ...(roles !== null && { roleNames: 'r.names' }),
      },
      joins: roles === null ? [] : [roles],
      toUser: (row) => sequelizeUser(row, chosen.status),
    }
  }
}

const ofUser = (column: string): string => `u.${pg.escapeIdentifier(column)}`

function chooseTable(found: readonly SourceTable[], named: string | undefined, columns: NamedColumns): SourceTable {
  const called =
    named === undefined ? findTables(found, USERS) : found.filter((one) => [one.name, nameOf(one)].includes(named))
  // What has no passwords is of something else, unless it is all that there is.
  const likely = called.filter((one) => looksLikeUsers(one, columns))
  const [table, another] = likely.length > 0 ? likely : called
  if (table === undefined)
    throw new Error(`There is no table ${named ?? USERS.names.join(' or ')}: name one with --table.`)
  if (another !== undefined) {
    throw new Error(`There are several tables of users: ${called.map(nameOf).join(', ')}. Name one with --table.`)
  }
  return table
}
