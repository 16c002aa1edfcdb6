import { isDigest, isSalt } from './base64.ts'
import type { ScryptHash } from './password-hash.ts'

const FORM = /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d{0,9}),p=([1-9]\d{0,9})\$([^$]{1,400})\$([^$]{1,400})$/

export function readScrypt(text: string): ScryptHash | null {
  const [, ln, r, p, salt, digest] = FORM.exec(text) ?? []
  if (salt === undefined || digest === undefined || !isSalt(salt) || !isDigest(digest)) return null
  const hash = { ln: Number(ln), r: Number(r), p: Number(p), salt, digest }
  return isComputable(hash) ? { scheme: 'scrypt', ...hash } : null
}

/** RFC 7914 §2: N is less than 2^(128r/8), and p at most (2^32 - 1) * 32 / 128r; OpenSSL wants r * p below 2^30. */
export const isComputable = ({ ln, r, p }: Pick<ScryptHash, 'ln' | 'r' | 'p'>): boolean =>
  ln < Math.min(16 * r, 32) && r * p < 2 ** 30
