import { fromMilliseconds, objectIn, textOf, textsIn } from './account-fields.ts'
import type { FirebaseHashConfig } from './firebase-hash-config.ts'
import { type Reading, readable, unreadable } from './reading.ts'

/** "REDACTED": what is exported in place of hashes by who may not see them. */
const REDACTED = 'UkVEQUNURUQ='

/** A maker of accounts of the documented shape from those of `firebase auth:export`. Throws where hashes cannot be read. */
export function firebaseUser(config: FirebaseHashConfig | null): (account: Record<string, unknown>) => Reading {
  return (account) => {
    const passwordHash = hashOf(account, config)
    if (passwordHash !== null && typeof passwordHash === 'object')
      return { ...passwordHash, user: { email: account['email'] } }
    return readable({
      email: textOf(account['email']),
      name: nameOf(account),
      passwordHash,
      roles: account['customAttributes'] === undefined ? undefined : rolesIn(objectIn(account['customAttributes'])),
      status: account['disabled'] === true ? 'disabled' : 'active',
      emailVerified: account['emailVerified'] ?? false,
      createdAt: fromMilliseconds(account['createdAt']),
    })
  }
}

export const hasFirebaseHash = (account: Record<string, unknown>): boolean =>
  textOf(account['passwordHash']) !== undefined

/** As Supabase Auth writes it. */
function hashOf(account: Record<string, unknown>, config: FirebaseHashConfig | null): string | null | Reading {
  if (!hasFirebaseHash(account)) return null
  const [hash, salt] = [standardBase64(account['passwordHash']), standardBase64(account['salt'])]
  if (hash === REDACTED)
    throw new Error('The export has no hashes, only "REDACTED": export as an owner of the project.')
  if (config === null) throw new Error("The export has hashes of passwords: give the project's hash parameters too.")
  if (hash === '' || salt === '') return unreadable('Its password has no hash and salt in base64.')
  const { memCost, rounds, saltSeparator, signerKey } = config
  const [ss, sk] = [standardBase64(saltSeparator), standardBase64(signerKey)]
  return `$fbscrypt$v=1,n=${memCost},r=${rounds},p=1,ss=${ss},sk=${sk}$${salt}$${hash}`
}

/** With padding; the export has it in the form for URLs at times. */
const standardBase64 = (text: unknown): string =>
  typeof text === 'string' ? Buffer.from(text, 'base64').toString('base64') : ''

function nameOf(account: Record<string, unknown>): string | null {
  const others = Array.isArray(account['providerUserInfo']) ? account['providerUserInfo'] : []
  return textOf(account['displayName']) ?? others.map((other) => textOf(other?.displayName)).find(Boolean) ?? null
}

/** Custom claims are whatever an app has made of them: a list, one name, or each role a claim of its own. */
function rolesIn(claims: Record<string, unknown>): string[] {
  const ofTheirOwn = Object.keys(claims).filter((name) => claims[name] === true)
  return [...new Set([...textsIn(claims['roles']), ...textsIn(claims['role']), ...ofTheirOwn])]
}
