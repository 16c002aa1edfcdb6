import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type AppSecrets, deriveKeys } from './derive-key.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16

export type KeySeal = ReturnType<typeof createKeySeal>

/** Seals the private part of a signing key with `APP_SECRET`: AES-256-GCM, as nonce, tag, ciphertext. */
export function createKeySeal(secrets: AppSecrets) {
  const sealingKeys = deriveKeys(secrets, 'signing keys')
  const [current] = sealingKeys

  return { seal, unseal, reseal }

  /** The key id is authenticated with it, so that rows cannot be swapped. */
  function seal(kid: string, plain: Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(kid))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  }

  /** Throws where it was sealed with a secret that is neither the present one nor one of those before. */
  function unseal(kid: string, sealed: Buffer): Buffer {
    for (const key of sealingKeys) {
      const plain = open(key, kid, sealed)
      if (plain) return plain
    }
    throw new Error(
      'APP_SECRET is not the secret that the signing keys in this database were sealed with. ' +
        'Set it to that one again, or name that one in APP_SECRET_PREVIOUS.',
    )
  }

  /** The same, sealed with the present secret. Null where it is already. Throws as `unseal`. */
  function reseal(kid: string, sealed: Buffer): Buffer | null {
    return open(current, kid, sealed) ? null : seal(kid, unseal(kid, sealed))
  }
}

/** Null where another key sealed it, or it was altered, which looks the same. */
function open(key: Buffer, kid: string, sealed: Buffer): Buffer | null {
  const nonce = sealed.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(kid)).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const plain = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([plain, decipher.final()])
  } catch {
    return null
  }
}
