import { readArgon2 } from './argon2.ts'
import { readBcrypt } from './bcrypt.ts'
import { readFirebaseScrypt } from './firebase-scrypt.ts'
import type { PasswordHash } from './password-hash.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { readScrypt } from './scrypt.ts'

/** Longer than any that is meant, and short enough for any expression. */
const MAX_LENGTH = 1_000

/** What one login may take. */
const MAX_MEMORY_MIB = 256

/** Node starts a thread for each lane of argon2. */
const MAX_LANES = 32

const MIB = 2 ** 20

type Reading = { hash: PasswordHash } | { problem: string }

/** By what stands before the second `$`. */
const READERS: Record<string, (text: string) => PasswordHash | null> = {
  '2a': readBcrypt,
  '2b': readBcrypt,
  '2y': readBcrypt,
  argon2d: readArgon2,
  argon2i: readArgon2,
  argon2id: readArgon2,
  scrypt: readScrypt,
  fbscrypt: readFirebaseScrypt,
  pbkdf2: readPbkdf2,
  'pbkdf2-sha1': readPbkdf2,
  'pbkdf2-sha256': readPbkdf2,
  'pbkdf2-sha512': readPbkdf2,
}

const readers = new Map(Object.entries(READERS))

/** Reads a hash as its system writes it (docs/decisions/0028), or says to a person what is the matter with it. */
export function readHash(text: string): Reading {
  const name = text.slice(1, text.indexOf('$', 1))
  const read = text.startsWith('$') && text.length <= MAX_LENGTH ? readers.get(name) : undefined
  if (!read) return { problem: 'is not a hash that can be verified here' }
  const hash = read(text)
  if (!hash) return { problem: `is not a $${name}$ hash that can be verified here` }
  const problem = excessOf(hash)
  return problem === null ? { hash } : { problem }
}

/** What no machine gives to one login, whatever it costs in time (`hash-costs.ts`). */
function excessOf(hash: PasswordHash): string | null {
  const mebibytes = Math.ceil(memoryOf(hash) / MIB)
  if (mebibytes > MAX_MEMORY_MIB) {
    return `would take ${mebibytes} MiB of memory at a login, more than ${MAX_MEMORY_MIB}`
  }
  if ('m' in hash && hash.p > MAX_LANES) return `would take ${hash.p} threads at a login, more than ${MAX_LANES}`
  return null
}

/** In bytes. */
function memoryOf(hash: PasswordHash): number {
  if ('ln' in hash) return 128 * hash.r * Math.max(2 ** hash.ln, hash.p)
  if ('m' in hash) return 1024 * hash.m
  return 0
}
