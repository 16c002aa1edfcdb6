import { isDigest, isSalt } from './base64.ts'
import { readParameters } from './parameters.ts'
import type { ScryptHash } from './password-hash.ts'

const FORM = /^\$scrypt\$([^$]{1,60})\$([^$]{1,400})\$([^$]{1,400})$/

export function readScrypt(text: string): ScryptHash | null {
  const [, cost = '', salt, digest] = FORM.exec(text) ?? []
  const [ln, r, p] = readParameters(cost, ['ln', 'r', 'p']) ?? []
  if (ln === undefined || r === undefined || p === undefined || !isComputable({ ln, r, p })) return null
  if (salt === undefined || digest === undefined || !isSalt(salt) || !isDigest(digest)) return null
  return { scheme: 'scrypt', ln, r, p, salt, digest }
}

/** RFC 7914 §2: N is less than 2^(128r/8). OpenSSL wants r * p below 2^30. */
export const isComputable = ({ ln, r, p }: Pick<ScryptHash, 'ln' | 'r' | 'p'>): boolean =>
  ln < Math.min(16 * r, 32) && r * p < 2 ** 30
