import { randomBytes } from 'node:crypto'
import { sha1 } from '@noble/hashes/legacy.js'
import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import argon2 from 'argon2'
import bcrypt from 'bcrypt'
import bcryptjs from 'bcryptjs'
import { hashPassword } from 'better-auth/crypto'
import { FirebaseScrypt } from 'firebase-scrypt'

/** A hash as an import knows it (docs/decisions/0028-hashes-of-other-systems.md). */
export interface ForeignHash {
  passwordHash: string
  passwordForm: 'raw' | 'nfkc'
}

const raw = (passwordHash: string): ForeignHash => ({ passwordHash, passwordForm: 'raw' })

const unpadded = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/** Its salt is the text of the digits, not what they stand for. */
async function betterAuth(password: string): Promise<ForeignHash> {
  const [salt = '', key = ''] = (await hashPassword(password)).split(':')
  const passwordHash = `$scrypt$ln=14,r=16,p=1$${unpadded(salt)}$${unpadded(Buffer.from(key, 'hex'))}`
  return { passwordHash, passwordForm: 'nfkc' }
}

export const FIREBASE = {
  memCost: 14,
  rounds: 8,
  saltSeparator: 'Bw==',
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
}

async function firebase(password: string): Promise<ForeignHash> {
  const salt = randomBytes(12).toString('base64')
  return firebaseHash(salt, await new FirebaseScrypt(FIREBASE).hash(password, salt))
}

function firebaseHash(salt: string, hash: string): ForeignHash {
  const { memCost, rounds, saltSeparator, signerKey } = FIREBASE
  return raw(`$fbscrypt$v=1,n=${memCost},r=${rounds},p=1,ss=${saltSeparator},sk=${signerKey}$${salt}$${hash}`)
}

const PBKDF2 = { sha1, sha256, sha512 }

/** Keycloak has 64 bytes of every digest, so of the shorter ones more than one block. */
function keycloak(password: string, digest: keyof typeof PBKDF2): ForeignHash {
  const salt = randomBytes(16)
  const hash = pbkdf2(PBKDF2[digest], password, salt, { c: 1_000, dkLen: 64 })
  return raw(`$pbkdf2-${digest}$i=1000$${unpadded(salt)}$${unpadded(hash)}`)
}

const ARGON2 = { memoryCost: 1_024, timeCost: 2, parallelism: 2 }

/** As Go and earlier versions of bcryptjs write it. */
const salt2a = async () => (await bcryptjs.genSalt(4)).replace('$2b$', '$2a$')

/** Hashes of a password, each made by the library of the system that has such. As cheap as it allows. */
export const FOREIGN_HASHES: Record<string, (password: string) => Promise<ForeignHash>> = {
  'Better Auth': betterAuth,
  'Supabase Auth, bcrypt': async (password) => raw(await bcryptjs.hash(password, await salt2a())),
  'Supabase Auth, argon2id': async (password) => raw(await argon2.hash(password, { type: argon2.argon2id, ...ARGON2 })),
  'Supabase Auth, argon2i': async (password) => raw(await argon2.hash(password, { type: argon2.argon2i, ...ARGON2 })),
  argon2d: async (password) => raw(await argon2.hash(password, { type: argon2.argon2d, ...ARGON2 })),
  'Keycloak, SHA-1': async (password) => keycloak(password, 'sha1'),
  'Keycloak, SHA-256': async (password) => keycloak(password, 'sha256'),
  'Keycloak, SHA-512': async (password) => keycloak(password, 'sha512'),
  Firebase: firebase,
  'a tutorial, bcrypt': async (password) => raw(await bcrypt.hash(password, 4)),
  'a tutorial, bcryptjs': async (password) => raw(await bcryptjs.hash(password, 4)),
}

/** What the systems' own documentation shows. */
export const DOCUMENTED_HASHES: { source: string; password: string; hash: ForeignHash }[] = [
  {
    source: 'https://www.php.net/manual/en/function.password-verify.php',
    password: 'rasmuslerdorf',
    hash: raw('$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq'),
  },
  {
    source: 'https://www.php.net/manual/en/function.crypt.php',
    password: 'rasmuslerdorf',
    hash: raw('$2a$07$usesomesillystringfore2uDLvp1Ii2e./U9C8sBjqp8I90dH6hi'),
  },
  {
    source: 'crypt_blowfish 1.3, wrapper.c, whose salt has spare bits',
    password: 'U*U*U',
    hash: raw('$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'),
  },
  {
    source: 'https://github.com/firebase/scrypt, README.md',
    password: 'user1password',
    hash: firebaseHash(
      '42xEC+ixf3L2lw==',
      'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    ),
  },
  {
    source: 'https://passlib.readthedocs.io',
    password: 'toomanysecrets',
    hash: raw('$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk'),
  },
  {
    source: 'https://passlib.readthedocs.io/en/stable/lib/passlib.hash.scrypt.html',
    password: 'password',
    hash: raw('$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E'),
  },
]
