import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { PublicJwk, SigningKeyRepository, SigningKeyRow } from '../repositories/signing-key.repository.ts'
import type { Clock } from './clock.ts'

/** A key pair that is ready to use. KeyObjects are parsed once: per call that costs more than the signature. */
export interface SigningKey {
  kid: string
  publicJwk: PublicJwk
  publicKey: KeyObject
  privateKey: KeyObject
}

export type SigningKeyService = ReturnType<typeof createSigningKeyService>

export interface SigningKeyDependencies {
  signingKeys: SigningKeyRepository
  appSecret: string
  clock: Clock
}

/** The key pairs of the access tokens: rows in the database, with the private parts sealed by `APP_SECRET`. */
export function createSigningKeyService({ signingKeys, appSecret, clock }: SigningKeyDependencies) {
  const sealingKey = Buffer.from(hkdfSync('sha256', appSecret, '', 'gatehouse signing keys', 32))
  let current: SigningKey | undefined
  let published: readonly SigningKey[] = []

  return { ensureKey, load, currentKey, publishedKeys: () => published }

  /** Makes the first key where there is none. Callers hold the lock of the database's preparation. */
  async function ensureKey(): Promise<void> {
    const rows = await signingKeys.findAll()
    if (rows.some(({ state }) => state === 'current')) return
    await signingKeys.insert(createKey())
  }

  /** Reads all keys into memory. Throws where `APP_SECRET` is not the one that they were sealed with. */
  async function load(): Promise<void> {
    const rows = await signingKeys.findAll()
    const keys = rows.map(toSigningKey)
    published = keys
    current = keys[rows.findIndex(({ state }) => state === 'current')]
  }

  function currentKey(): SigningKey {
    if (!current) throw new Error('No signing key is loaded.')
    return current
  }

  function createKey(): SigningKeyRow {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const kid = uuidv7()
    return {
      kid,
      state: 'current',
      publicJwk: publicKey.export({ format: 'jwk' }) as PublicJwk,
      sealedPrivateKey: seal(kid, privateKey.export({ format: 'der', type: 'pkcs8' })),
      activatedAt: clock.now(),
    }
  }

  function toSigningKey({ kid, publicJwk, sealedPrivateKey }: SigningKeyRow): SigningKey {
    return {
      kid,
      publicJwk,
      publicKey: createPublicKey({ key: { ...publicJwk }, format: 'jwk' }),
      privateKey: createPrivateKey({ key: unseal(kid, sealedPrivateKey), format: 'der', type: 'pkcs8' }),
    }
  }

  /** AES-256-GCM as nonce, tag, ciphertext. The key id is authenticated with it, so that rows cannot be swapped. */
  function seal(kid: string, plain: Buffer): Buffer {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce).setAAD(Buffer.from(kid))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  function unseal(kid: string, sealed: Buffer): Buffer {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey, sealed.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(kid)).setAuthTag(sealed.subarray(12, 28))
    try {
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()])
    } catch (cause) {
      throw new Error('APP_SECRET is not the secret that the signing keys in this database were sealed with.', {
        cause,
      })
    }
  }
}
