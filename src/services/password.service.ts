import { createHash } from 'node:crypto'
import { AppError, invalidRequest } from '../errors/app-error.ts'
import type { WorkSource } from './work-source.ts'

/** bcrypt, wherever it runs, fairly between sources. Inputs have at most 72 bytes. Throws `overloaded`. */
export interface PasswordHasher {
  isFull(source: WorkSource): boolean
  hash(input: string, cost: number, source: WorkSource): Promise<string>
  compare(input: string, hashed: string, source: WorkSource): Promise<boolean>
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
const decoyOf = (cost: number) =>
  `$2b$${String(cost).padStart(2, '0')}$tqBvJ6OaKo3AxaEsyuEOP.7Jq7H6uKrJnbUqBzXCGtp1vRzN6B6Hy`

export function createPasswordService(hasher: PasswordHasher, strength: PasswordStrength, rules: PasswordRules) {
  return { requireRoom, hash, verify, needsRehash, requireStrong, decoyHash: decoyOf(rules.bcryptCost) }

  /** Throws `overloaded` where hashing would, before anything else is done for nothing. */
  function requireRoom(source: WorkSource): void {
    if (hasher.isFull(source)) throw new AppError('overloaded')
  }

  async function hash(password: string, source: WorkSource): Promise<string> {
    return hasher.hash(bcryptInput(password), rules.bcryptCost, source)
  }

  async function verify(password: string, hashed: string, source: WorkSource): Promise<boolean> {
    return hasher.compare(bcryptInput(password), hashed, source)
  }

  /** Whether a hash is cheaper than what new ones are made with. */
  function needsRehash(hashed: string): boolean {
    return Number(hashed.split('$')[2]) < rules.bcryptCost
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
