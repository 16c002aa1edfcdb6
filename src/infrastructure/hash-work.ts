import type { Argon2Hash, PasswordHash, Pbkdf2Hash } from '../services/password-hashes/password-hash.ts'

const DIGEST_BYTES: Record<Pbkdf2Hash['scheme'], number> = {
  'pbkdf2-sha1': 20,
  'pbkdf2-sha256': 32,
  'pbkdf2-sha512': 64,
}

/** Each lane of argon2 is a thread, four times a pass; to start and to await one costs what so many KiB cost. */
const LANE_KIB = 500

/** How much there is to compute, in a unit of the scheme's own: twice of it takes twice as long. */
export function workOfHash(hash: PasswordHash): number {
  switch (hash.scheme) {
    case 'bcrypt':
      return 2 ** hash.cost
    case 'scrypt':
    case 'fbscrypt':
      return 2 ** hash.ln * hash.r * hash.p
    case 'pbkdf2-sha1':
    case 'pbkdf2-sha256':
    case 'pbkdf2-sha512':
      return hash.iterations * Math.ceil(bytesOf(hash.digest) / DIGEST_BYTES[hash.scheme])
    case 'argon2d':
    case 'argon2i':
    case 'argon2id':
      return workOfArgon2(hash)
  }
}

/** The first pass takes twice as long, because the memory is new. */
function workOfArgon2({ m, t, p }: Argon2Hash): number {
  return m * (t + 1) + (p > 1 ? LANE_KIB * p * t : 0)
}

const bytesOf = (base64: string): number => Math.floor((base64.length * 3) / 4)
