import { objectIn, textOf, textsIn } from '../account-fields.ts'
import { type Reading, readable, unreadable } from '../reading.ts'
import type { Row } from './database-source.ts'
import { instantOf, isFuture, truthOf } from './row-values.ts'

/** Supabase's `auth.users`. Its column `role` is the role of PostgreSQL, and none of the app. */
export function supabaseUser(row: Row, now: Date): Reading {
  if (row['deleted_at']) return unreadable('It is deleted.', row)
  if (truthOf(row['is_anonymous'])) return unreadable('It is an anonymous account.', row)
  if (truthOf(row['is_sso_user'])) return unreadable('It logs in by SSO: another service has its password.', row)
  const [ofUser, ofApp] = [objectIn(row['raw_user_meta_data']), objectIn(row['raw_app_meta_data'])]
  return readable({
    email: row['email'] || undefined,
    name: textOf(ofUser['name']) ?? textOf(ofUser['full_name']) ?? null,
    passwordHash: row['encrypted_password'] || null,
    roles: rolesIn(ofApp),
    status: isFuture(row['banned_until'], now) ? 'disabled' : 'active',
    emailVerified: instantOf(row['email_confirmed_at']) ?? false,
    createdAt: instantOf(row['created_at']),
  })
}

/** Undefined where an app keeps them elsewhere. */
function rolesIn({ roles, role }: Record<string, unknown>): string[] | undefined {
  if (roles === undefined && role === undefined) return undefined
  return [...new Set([...textsIn(roles), ...textsIn(role)])]
}
