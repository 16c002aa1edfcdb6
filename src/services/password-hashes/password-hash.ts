/**
 * What of a password was hashed: what Gatehouse itself gives to bcrypt, the bytes as they were typed, or those of its
 * NFKC form.
 */
export type PasswordForm = 'gatehouse' | 'raw' | 'nfkc'

/** Salt and digest in bcrypt's own base64. */
export interface BcryptHash {
  scheme: 'bcrypt'
  cost: number
  salt: string
  digest: string
}

/** All of these have salt and digest in base64. The names of parameters are those of their RFCs. */
export interface ScryptHash {
  scheme: 'scrypt'
  /** log2 of N. */
  ln: number
  r: number
  p: number
  salt: string
  digest: string
}

/** Firebase's: a signer key, encrypted with what scrypt makes of the password. */
export interface FirebaseHash extends Omit<ScryptHash, 'scheme'> {
  scheme: 'fbscrypt'
  saltSeparator: string
  signerKey: string
}

export interface Pbkdf2Hash {
  scheme: 'pbkdf2-sha1' | 'pbkdf2-sha256' | 'pbkdf2-sha512'
  iterations: number
  salt: string
  digest: string
}

export interface Argon2Hash {
  scheme: 'argon2d' | 'argon2i' | 'argon2id'
  /** In KiB. */
  m: number
  t: number
  p: number
  salt: string
  digest: string
}

/** A hash that was read: whatever it says can be computed. */
export type PasswordHash = BcryptHash | ScryptHash | FirebaseHash | Pbkdf2Hash | Argon2Hash
