import pg from 'pg'
import type { ImportSource } from '../../../services/import/import-source.ts'
import { openDatabaseSource, type UserQuery } from './database-source.ts'
import type { DatabaseOptions } from './opened-database.ts'
import type { SourceTable } from './source-table.ts'
import { supabaseUser } from './supabase-user.ts'

const NEEDED = ['id', 'email', 'encrypted_password', 'raw_app_meta_data']
/** Of an older version, some of them are missing. */
const COLUMNS = [
  ...['email', 'encrypted_password', 'email_confirmed_at', 'created_at', 'banned_until', 'deleted_at'],
  ...['is_anonymous', 'is_sso_user', 'raw_user_meta_data', 'raw_app_meta_data'],
]

/** The table `auth.users` of a Supabase project, or of its server run by oneself. */
export async function openSupabaseSource(options: DatabaseOptions): Promise<ImportSource> {
  const now = new Date()
  return openDatabaseSource(options, { kind: 'supabase', tables: ['users'], reading: [], query })

  function query(tables: readonly SourceTable[]): UserQuery {
    const table = tables.find(
      ({ schema, name, columns }) =>
        schema === 'auth' && name === 'users' && NEEDED.every((one) => columns.includes(one)),
    )
    if (!table) throw new Error(`This is not of Supabase: there is no table auth.users with ${NEEDED.join(', ')}.`)
    const columns = COLUMNS.filter((name) => table.columns.includes(name))
    return {
      table,
      key: 'u.id',
      columns: Object.fromEntries(columns.map((name) => [name, `u.${pg.escapeIdentifier(name)}`])),
      joins: [],
      toUser: (row) => supabaseUser(row, now),
    }
  }
}
