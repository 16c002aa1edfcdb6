import { isDigest, isSalt } from './base64.ts'
import type { Pbkdf2Hash } from './password-hash.ts'

/** `i=`, with the digest's length or without, as PHC strings have it; a bare number, as passlib has it. */
const FORM =
  /^\$pbkdf2(-sha1|-sha256|-sha512)?\$(i=)?([1-9]\d{0,9})(?:,l=([1-9]\d{0,3}))?\$([^$]{1,400})\$([^$]{1,400})$/

/** What Node takes. */
const MAX_ITERATIONS = 2 ** 31 - 1

export function readPbkdf2(text: string): Pbkdf2Hash | null {
  const [, digestName = '-sha1', named, iterationsText, length, ...encoded] = FORM.exec(text) ?? []
  // passlib writes a point for the plus of base64.
  const [salt, digest] = named === undefined ? encoded.map((part) => part.replaceAll('.', '+')) : encoded
  if (salt === undefined || digest === undefined || !isSalt(salt) || !isDigest(digest)) return null
  const iterations = Number(iterationsText)
  if (iterations > MAX_ITERATIONS) return null
  if (length !== undefined && (named === undefined || Number(length) !== Math.floor((digest.length * 3) / 4)))
    return null
  return { scheme: `pbkdf2${digestName as '-sha1' | '-sha256' | '-sha512'}`, iterations, salt, digest }
}
