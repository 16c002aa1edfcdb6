import type { PasswordForm, PasswordHash } from './password-hash.ts'
import { readHash } from './read-hash.ts'

/** Of an account that nobody can log in to, until a password is set. No password has it. */
export const NO_PASSWORD = 'none:'

export interface StoredHash {
  form: PasswordForm
  hash: PasswordHash
}

/**
 * The text to store for a hash of another system, or of an export, and what it says (null where there is no password).
 * Otherwise a message for the person who brings it.
 */
export function readImportedHash(
  passwordHash: string | null,
  form: PasswordForm,
): { stored: string; hash: PasswordHash | null } | { problem: string } {
  if (passwordHash === null) return { stored: NO_PASSWORD, hash: null }
  const reading = readHash(passwordHash)
  if ('problem' in reading) return reading
  const { hash } = reading
  if (form !== 'gatehouse') return { stored: `${form}:${passwordHash}`, hash }
  if (hash.scheme !== 'bcrypt') return { problem: 'is not of bcrypt, as all hashes of the form "gatehouse" are' }
  return { stored: passwordHash, hash }
}

/** The same backwards: what `readImportedHash` would make the stored text of. */
export function exportedHash(stored: string): { passwordHash: string | null; passwordForm: PasswordForm } {
  if (stored === NO_PASSWORD) return { passwordHash: null, passwordForm: 'raw' }
  const [passwordForm, passwordHash] = split(stored)
  return { passwordHash, passwordForm }
}

/** Null for an account without a password, and for what is not a hash. */
export function readStoredHash(stored: string): StoredHash | null {
  const [form, text] = split(stored)
  const reading = readHash(text)
  if ('problem' in reading) return null
  return form === 'gatehouse' && reading.hash.scheme !== 'bcrypt' ? null : { form, hash: reading.hash }
}

/** Gatehouse's own hashes are stored as they are. */
function split(stored: string): [PasswordForm, string] {
  for (const form of ['raw', 'nfkc'] as const) {
    if (stored.startsWith(`${form}:`)) return [form, stored.slice(form.length + 1)]
  }
  return ['gatehouse', stored]
}
