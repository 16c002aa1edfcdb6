import type { Transaction } from 'sequelize'
import type { PublicJwk, SigningKeyModel, SigningKeyState } from '../models/signing-key.model.ts'

export type { PublicJwk }

export interface SigningKeyRow {
  kid: string
  state: SigningKeyState
  publicJwk: PublicJwk
  sealedPrivateKey: Buffer
  activatedAt: Date | null
}

export type SigningKeyRepository = ReturnType<typeof createSigningKeyRepository>

export function createSigningKeyRepository(signingKeys: SigningKeyModel, transaction: Transaction | null = null) {
  return { findAll, insert }

  async function findAll(): Promise<SigningKeyRow[]> {
    const attributes = ['kid', 'state', 'publicJwk', 'sealedPrivateKey', 'activatedAt']
    return signingKeys.findAll({ attributes, order: ['createdAt'], raw: true, transaction })
  }

  async function insert(key: SigningKeyRow): Promise<void> {
    await signingKeys.create(key, { transaction })
  }
}
