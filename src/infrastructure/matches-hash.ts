import { argon2Sync, createCipheriv, pbkdf2Sync, scryptSync, timingSafeEqual } from 'node:crypto'
import bcrypt from 'bcrypt'
import type {
  Argon2Hash,
  BcryptHash,
  FirebaseHash,
  PasswordHash,
  Pbkdf2Hash,
  ScryptHash,
} from '../services/password-hashes/password-hash.ts'

type ScryptCost = Pick<ScryptHash, 'ln' | 'r' | 'p'>

/** AES-256. */
const FIREBASE_KEY_BYTES = 32

/** Whether a hash is that of `input`. Holds up the thread for as long as the hash costs. */
export function matchesHash(input: string, hash: PasswordHash): boolean {
  const encoding = hash.scheme === 'bcrypt' ? 'latin1' : 'base64'
  const expected = Buffer.from(hash.digest, encoding)
  return timingSafeEqual(digestOf(input, hash, expected.length), expected)
}

function digestOf(input: string, hash: PasswordHash, length: number): Buffer {
  switch (hash.scheme) {
    case 'bcrypt':
      return bcryptDigest(input, hash)
    case 'scrypt':
      return scrypt(input, bytesOf(hash.salt), length, hash)
    case 'fbscrypt':
      return firebaseDigest(input, hash)
    case 'pbkdf2-sha1':
    case 'pbkdf2-sha256':
    case 'pbkdf2-sha512':
      return pbkdf2(input, hash, length)
    case 'argon2d':
    case 'argon2i':
    case 'argon2id':
      return argon2(input, hash, length)
  }
}

/** The library knows no `$2y$`. Of the digest alone: it writes the spare bits of a salt anew. */
function bcryptDigest(input: string, { cost, salt, digest }: BcryptHash): Buffer {
  const text = bcrypt.hashSync(input, `$2b$${String(cost).padStart(2, '0')}$${salt}`)
  return Buffer.from(text.slice(-digest.length), 'latin1')
}

/** Whoever knows the password can make the key that the signer key was encrypted with. */
function firebaseDigest(input: string, hash: FirebaseHash): Buffer {
  const salt = Buffer.concat([bytesOf(hash.salt), bytesOf(hash.saltSeparator)])
  const key = scrypt(input, salt, FIREBASE_KEY_BYTES, hash)
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(bytesOf(hash.signerKey))
}

function scrypt(input: string, salt: Buffer, length: number, { ln, r, p }: ScryptCost): Buffer {
  const N = 2 ** ln
  // What it needs, and no more: the default is 32 MiB.
  return scryptSync(input, salt, length, { N, r, p, maxmem: 128 * r * (N + p + 2) })
}

function pbkdf2(input: string, { scheme, iterations, salt }: Pbkdf2Hash, length: number): Buffer {
  return pbkdf2Sync(input, bytesOf(salt), iterations, length, scheme.slice('pbkdf2-'.length))
}

function argon2(message: string, { scheme, m, t, p, salt }: Argon2Hash, tagLength: number): Buffer {
  return argon2Sync(scheme, { message, nonce: bytesOf(salt), parallelism: p, tagLength, memory: m, passes: t })
}

const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')
