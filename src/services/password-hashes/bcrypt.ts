import type { BcryptHash } from './password-hash.ts'

/** The digest has 184 bits in 31 characters, so the last has two spare bits; those of a salt are not always zero. */
const FORM = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{30}[.CGKOSWaeimquy26])$/

/**
 * `$2a$`, `$2b$` and `$2y$` are one and the same for UTF-8 of up to 254 bytes. Beyond, some that wrote `$2a$` (OpenBSD, the
 * package bcrypt) counted the bytes modulo 256; that is not done here, so such a password is refused.
 */
export function readBcrypt(text: string): BcryptHash | null {
  const [, cost, salt, digest] = FORM.exec(text) ?? []
  if (cost === undefined || salt === undefined || digest === undefined) return null
  return { scheme: 'bcrypt', cost: Number(cost), salt, digest }
}
