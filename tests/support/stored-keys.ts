import { createPrivateKey, type KeyObject } from 'node:crypto'
import { createDatabase } from '../../src/infrastructure/database.ts'
import type { SigningKeyState } from '../../src/models/signing-key.model.ts'
import { createKeySeal } from '../../src/services/key-seal.ts'
import { APP_SECRET, type TestDatabase } from './test-database.ts'
import { unobserved } from './unobserved.ts'

export interface StoredKey {
  kid: string
  state: SigningKeyState
  privateKey: KeyObject
}

/** The signing keys as they are stored, opened: for forgeries that only something else than the signature gives away. */
export async function storedKeys({ url }: TestDatabase, appSecret = APP_SECRET): Promise<StoredKey[]> {
  const database = createDatabase({ url, poolMax: 1, isPooled: false, ...unobserved })
  const { unseal } = createKeySeal({ current: appSecret, previous: [] })
  try {
    const rows = await database.repositories.signingKeys.findAll()
    return rows.map(({ kid, state, sealedPrivateKey }) => ({
      kid,
      state,
      privateKey: createPrivateKey({ key: unseal(kid, sealedPrivateKey), format: 'der', type: 'pkcs8' }),
    }))
  } finally {
    await database.close()
  }
}
