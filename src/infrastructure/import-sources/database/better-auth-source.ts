import pg from 'pg'
import type { ImportSource } from '../../../services/import/import-source.ts'
import { betterAuthUser } from './better-auth-user.ts'
import { openDatabaseSource, type UserQuery } from './database-source.ts'
import type { DatabaseOptions } from './opened-database.ts'
import { findColumns, findTables, nameOf, type SourceTable } from './source-table.ts'

const USERS = { names: ['user', 'users'], columns: ['id', 'email', 'emailVerified'] }
const ACCOUNTS = { names: ['account', 'accounts'], columns: ['userId', 'providerId', 'password'] }
/** Without its plugins, some of them are missing. */
const COLUMNS = ['email', 'name', 'emailVerified', 'createdAt', 'role', 'banned', 'banExpires', 'isAnonymous']

/** Better Auth's tables, whether their names are in the plural, and their columns in camel or snake case. */
export async function openBetterAuthSource(options: DatabaseOptions): Promise<ImportSource> {
  const now = new Date()
  const tables = [...USERS.names, ...ACCOUNTS.names]
  return openDatabaseSource(options, { kind: 'better-auth', tables, reading: [], query })

  function query(found: readonly SourceTable[]): UserQuery {
    const table = theOnly(findTables(found, USERS), USERS)
    const account = theOnly(findTables(found, ACCOUNTS), ACCOUNTS)
    const columns = COLUMNS.flatMap((name) => (has(table, name) ? [[name, `u.${quoted(table, name)}`]] : []))
    return {
      table,
      key: `u.${quoted(table, 'id')}`,
      columns: { ...Object.fromEntries(columns), password: 'a.password' },
      joins: [`LEFT JOIN (${passwordsOf(account)}) AS a ON a.user_id = u.${quoted(table, 'id')}`],
      toUser: (row) => betterAuthUser(row, now),
    }
  }
}

/** An account has one at most; nothing in the database says so. */
function passwordsOf(account: SourceTable): string {
  const [user, provider, password] = ACCOUNTS.columns.map((name) => quoted(account, name))
  return `SELECT DISTINCT ON (${user}) ${user} AS user_id, ${password} AS password FROM ${account.ref}
          WHERE ${provider} = 'credential' AND ${password} IS NOT NULL ORDER BY ${user}`
}

function theOnly(found: readonly SourceTable[], { names, columns }: typeof USERS): SourceTable {
  const [table, another] = found
  if (table === undefined) {
    throw new Error(`This is not of Better Auth: there is no table ${names.join(' or ')} with ${columns.join(', ')}.`)
  }
  if (another !== undefined) throw new Error(`Better Auth is there twice: ${found.map(nameOf).join(', ')}.`)
  return table
}

const has = (table: SourceTable, name: string): boolean => findColumns(table, [name]).length > 0
const quoted = (table: SourceTable, name: string): string => pg.escapeIdentifier(findColumns(table, [name])[0] ?? name)
