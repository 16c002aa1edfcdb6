import { isBase64, isDigest, isSalt } from './base64.ts'
import type { FirebaseHash } from './password-hash.ts'
import { isComputable } from './scrypt.ts'

const FORM =
  /^\$fbscrypt\$v=1,n=([1-9]\d?),r=([1-9]\d{0,9}),p=([1-9]\d{0,9})(?:,ss=([^,$]{0,100}))?,sk=([^,$]{1,400})\$([^$]{1,400})\$([^$]{1,400})$/

/**
 * As Supabase Auth writes it. The parts are base64 as Firebase gives them out: with padding or without, and from some of
 * its interfaces in the alphabet for URLs.
 */
export function readFirebaseScrypt(text: string): FirebaseHash | null {
  const [, n, r, p, ...encoded] = FORM.exec(text) ?? []
  const [saltSeparator, signerKey, salt, digest] = encoded.map(plainBase64)
  if (saltSeparator === undefined || signerKey === undefined || salt === undefined || digest === undefined) return null
  if (!isBase64(saltSeparator, { min: 0, max: 64 }) || !isSalt(salt) || !isDigest(digest)) return null
  // The digest is the signer key, encrypted: they have the same length.
  if (!isDigest(signerKey) || signerKey.length !== digest.length) return null
  const cost = { ln: Number(n), r: Number(r), p: Number(p) }
  return isComputable(cost) ? { scheme: 'fbscrypt', ...cost, saltSeparator, signerKey, salt, digest } : null
}

function plainBase64(text = ''): string {
  const padding = text.length % 4 === 0 ? (/={1,2}$/.exec(text)?.[0].length ?? 0) : 0
  return text
    .slice(0, text.length - padding)
    .replaceAll('-', '+')
    .replaceAll('_', '/')
}
