import { Op, type Transaction } from 'sequelize'
import type { PublicJwk, SigningKeyModel, SigningKeyState } from '../models/signing-key.model.ts'

export type { PublicJwk, SigningKeyState }

export interface SigningKeyRow {
  kid: string
  state: SigningKeyState
  publicJwk: PublicJwk
  sealedPrivateKey: Buffer
  createdAt: Date
  /** When it began to sign. */
  activatedAt: Date | null
  /** When it stopped signing. */
  retiredAt: Date | null
}

export type SigningKeyRepository = ReturnType<typeof createSigningKeyRepository>

export function createSigningKeyRepository(signingKeys: SigningKeyModel, transaction: Transaction | null = null) {
  return { findAll, lockCurrent, insert, reseal, promote, retire, deleteRetired }

  async function findAll(): Promise<SigningKeyRow[]> {
    return signingKeys.findAll({ order: ['createdAt', 'kid'], raw: true, transaction })
  }

  /** Of two that want to rotate at once, the second waits here, and then finds that its key is not current any more. */
  async function lockCurrent(): Promise<SigningKeyRow | null> {
    if (!transaction) throw new Error('A lock needs a transaction.')
    return signingKeys.findOne({ where: { state: 'current' }, lock: transaction.LOCK.UPDATE, raw: true, transaction })
  }

  async function insert(key: SigningKeyRow): Promise<void> {
    await signingKeys.create(key, { transaction })
  }

  async function reseal(kid: string, sealedPrivateKey: Buffer): Promise<void> {
    await signingKeys.update({ sealedPrivateKey }, { where: { kid }, transaction })
  }

  async function promote(kid: string, now: Date): Promise<void> {
    await signingKeys.update({ state: 'current', activatedAt: now }, { where: { kid }, transaction })
  }

  async function retire(kid: string, now: Date): Promise<void> {
    await signingKeys.update({ state: 'previous', retiredAt: now }, { where: { kid }, transaction })
  }

  /** Deletes the keys that stopped signing before `before`, and tells how many. */
  async function deleteRetired(before: Date): Promise<number> {
    return signingKeys.destroy({ where: { state: 'previous', retiredAt: { [Op.lt]: before } }, transaction })
  }
}
