import { isDigest, isSalt } from './base64.ts'
import { readParameters } from './parameters.ts'
import type { Argon2Hash } from './password-hash.ts'

/** Of version 1.3, the only one that Node computes. */
const FORM = /^\$(argon2(?:id|i|d))\$v=19\$([^$]{1,60})\$([^$]{1,400})\$([^$]{1,400})$/

/** RFC 9106 §3.1. */
const MAX_UINT32 = 2 ** 32 - 1
const MAX_LANES = 2 ** 24 - 1

export function readArgon2(text: string): Argon2Hash | null {
  const [, scheme, cost = '', salt, digest] = FORM.exec(text) ?? []
  const [m, t, p] = readParameters(cost, ['m', 't', 'p']) ?? []
  if (m === undefined || t === undefined || p === undefined) return null
  if (t > MAX_UINT32 || p > MAX_LANES || m < 8 * p || m > MAX_UINT32) return null
  if (salt === undefined || digest === undefined || !isSalt(salt) || !isDigest(digest)) return null
  return { scheme: scheme as Argon2Hash['scheme'], m, t, p, salt, digest }
}
