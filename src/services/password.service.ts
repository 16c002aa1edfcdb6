import { createHash } from 'node:crypto'
import { AppError, invalidRequest } from '../errors/app-error.ts'
import type { PasswordForm, PasswordHash } from './password-hashes/password-hash.ts'
import { NO_PASSWORD, readStoredHash, type StoredHash } from './password-hashes/stored-hash.ts'
import type { WorkSource } from './work-source.ts'

/** Hashing, wherever it runs, fairly between sources. Throws `overloaded`. */
export interface PasswordHasher {
  isFull(source: WorkSource): boolean
  /** By bcrypt. The input has at most 72 bytes. */
  hash(input: string, cost: number, source: WorkSource): Promise<string>
  compare(input: string, hash: PasswordHash, source: WorkSource): Promise<boolean>
}

export interface PasswordStrength {
  /** From 0 (guessed at once) to 4, where the context words count as known. */
  score(password: string, context: string[], source: WorkSource): Promise<number>
}

export interface PasswordRules {
  bcryptCost: number
  /** In characters (code points) after NFC. */
  minLength: number
  /** What everybody's password here could be made of (ASVS 6.1.2): the service's name and address. */
  contextWords: readonly string[]
}

export type PasswordService = ReturnType<typeof createPasswordService>

/** bcrypt reads no further. */
const BCRYPT_BYTES = 72

/** zxcvbn's 2: more than 10^6 guesses, past every list of common passwords (ASVS 6.2.4). */
const MIN_SCORE = 2

/**
 * A hash that no password has: the salt and the digest are arbitrary. Comparing with it costs what any comparison at
 * the same cost does.
 */
const decoyOf = (cost: number): StoredHash => ({
  form: 'gatehouse',
  hash: { scheme: 'bcrypt', cost, salt: 'tqBvJ6OaKo3AxaEsyuEOP.', digest: '7Jq7H6uKrJnbUqBzXCGtp1vRzN6B6Hy' },
})

/** What of a password each form hashes. */
const INPUTS: Record<PasswordForm, (password: string) => string> = {
  gatehouse: bcryptInput,
  raw: (password) => password,
  nfkc: (password) => password.normalize('NFKC'),
}

export function createPasswordService(hasher: PasswordHasher, strength: PasswordStrength, rules: PasswordRules) {
  const decoy = decoyOf(rules.bcryptCost)
  return { requireRoom, hash, verify, needsRehash, requireStrong }

  /** Throws `overloaded` where hashing would, before anything else is done for nothing. */
  function requireRoom(source: WorkSource): void {
    if (hasher.isFull(source)) throw new AppError('overloaded')
  }

  async function hash(password: string, source: WorkSource): Promise<string> {
    return hasher.hash(bcryptInput(password), rules.bcryptCost, source)
  }

  /**
   * `stored` is any text of `users.password_hash`. Where there is no password, or no account (null), it costs what a
   * comparison with a hash of Gatehouse's own does, and is false.
   */
  async function verify(password: string, stored: string | null, source: WorkSource): Promise<boolean> {
    const known = readStoredHash(stored ?? NO_PASSWORD)
    const { form, hash } = known ?? decoy
    const matches = await hasher.compare(INPUTS[form](password), hash, source)
    return known !== null && matches
  }

  /** Whether a hash is another system's, or cheaper than what new ones are made with. */
  function needsRehash(stored: string): boolean {
    const known = readStoredHash(stored)
    return known?.form !== 'gatehouse' || known.hash.scheme !== 'bcrypt' || known.hash.cost < rules.bcryptCost
  }

  /**
   * Length and guessability, no rules of composition (ASVS 6.2.5). Throws `invalid_request` at `pointer`.
   * `context` are words that whoever attacks this account knows, such as email and name (ASVS 6.2.11).
   */
  async function requireStrong(
    password: string,
    context: string[],
    pointer: string,
    source: WorkSource,
  ): Promise<void> {
    const normalized = password.normalize('NFC')
    if ([...normalized].length < rules.minLength) {
      throw invalidRequest(pointer, `must have at least ${rules.minLength} characters`)
    }
    const score = await strength.score(normalized, [...context, ...rules.contextWords].flatMap(guessableParts), source)
    if (score < MIN_SCORE) throw invalidRequest(pointer, 'is too easy to guess')
  }
}

/**
 * The exact password, in a form that bcrypt reads to the end: NFC, because keyboards differ in how they compose, and a
 * digest where it is longer than bcrypt reads (in base64, because bcrypt stops at a zero byte).
 */
export function bcryptInput(password: string): string {
  const normalized = password.normalize('NFC')
  if (Buffer.byteLength(normalized) <= BCRYPT_BYTES) return normalized
  return createHash('sha256').update(normalized).digest('base64')
}

/** What an attacker makes of `ada.lovelace@example.com`: itself, what stands before the @, its words, and these joined. */
function guessableParts(text: string): string[] {
  const words = text.split(/[^\p{L}\p{N}]+/u)
  const local = text.split('@')[0] ?? ''
  return [text, local, local.replaceAll(/[^\p{L}\p{N}]+/gu, ''), words.join(''), ...words].filter((part) => part !== '')
}
