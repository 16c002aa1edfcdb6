import { textsIn } from '../account-fields.ts'
import { toPhcBase64 } from '../phc.ts'
import { type Reading, readable, unreadable } from '../reading.ts'
import type { Row } from './database-source.ts'
import { instantOf, isFuture, truthOf, verifiedOf } from './row-values.ts'

/** Better Auth's `user`, with the password of its credential account. */
export function betterAuthUser(row: Row, now: Date): Reading {
  if (truthOf(row['isAnonymous'])) return unreadable('It is an anonymous account.', row)
  const { banned, banExpires } = row
  const isBanned = truthOf(banned) === true && (!banExpires || isFuture(banExpires, now))
  return readable({
    email: row['email'],
    name: row['name'] || null,
    ...passwordOf(row['password']),
    roles: rolesIn(row['role']),
    status: isBanned ? 'disabled' : 'active',
    emailVerified: verifiedOf(row['emailVerified']),
    createdAt: instantOf(row['createdAt']),
  })
}

/** Nothing is said of them without the plugin that has them. */
function rolesIn(text: string | null | undefined): string[] | undefined {
  return text === undefined ? undefined : textsIn(text?.split(','))
}

/** `salt:key` of its own scrypt, whose salt is the text as it stands there. Anything else is of an app's own `password.hash`. */
function passwordOf(password: string | null | undefined): { passwordHash: string | null; passwordForm?: string } {
  const [, salt, key] = /^([\da-f]+):([\da-f]{128})$/.exec(password ?? '') ?? []
  if (salt === undefined || key === undefined) return { passwordHash: password || null, passwordForm: 'raw' }
  const parts = [Buffer.from(salt), Buffer.from(key, 'hex')].map(toPhcBase64)
  return { passwordHash: `$scrypt$ln=14,r=16,p=1$${parts.join('$')}`, passwordForm: 'nfkc' }
}
