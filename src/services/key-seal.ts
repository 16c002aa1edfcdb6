import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveKey } from './derive-key.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export type KeySeal = ReturnType<typeof createKeySeal>

/** Seals the private part of a signing key with `APP_SECRET`: AES-256-GCM, as nonce, tag, ciphertext. */
export function createKeySeal(appSecret: string) {
  const sealingKey = deriveKey(appSecret, 'signing keys')

  return { seal, unseal }

  /** The key id is authenticated with it, so that rows cannot be swapped. */
  function seal(kid: string, plain: Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce).setAAD(Buffer.from(kid))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  function unseal(kid: string, sealed: Buffer): Buffer {
    const nonce = sealed.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(kid)).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    try {
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
    } catch (cause) {
      throw new Error('APP_SECRET is not the secret that the signing keys in this database were sealed with.', {
        cause,
      })
    }
  }
}
