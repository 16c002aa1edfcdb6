import { createHash } from 'node:crypto'
import type { AuditKeyRow } from '../repositories/audit-key.repository.ts'
import type { Repositories } from '../repositories/repositories.ts'
import { type AuditSealer, createAuditSealer, type KnownSealer, placeBehind } from './audit-seal.ts'
import { type AppSecrets, deriveKeys } from './derive-key.ts'
import type { KeySeal } from './key-seal.ts'
import { removedSeals } from './removed-seals.ts'

export interface AuditKeysDependencies {
  repositories: Pick<Repositories, 'auditEvents' | 'auditKeys' | 'auditSeals'>
  seal: KeySeal
}

export type AuditKeys = ReturnType<typeof createAuditKeys>

/**
 * The keys of the audit trail: that of the present `APP_SECRET`, which seals, and those before it, by which what they
 * have sealed is verified. Those are kept in the database, sealed, so that the trail outlives the secrets.
 */
export function createAuditKeys(secrets: AppSecrets, { repositories, seal }: AuditKeysDependencies) {
  const given = deriveKeys(secrets, 'audit trail seals')
  const [current, ...previous] = given
  const sealer: AuditSealer = createAuditSealer(current)
  const isGiven = ({ id }: AuditKeyRow) => given.some((key) => idOf(key) === id)

  return { sealer, known, keep }

  /** While a secret before is named in the configuration, a node may still be sealing with it: so without a last seal. */
  async function known({ auditKeys }: Pick<Repositories, 'auditKeys'>): Promise<KnownSealer[]> {
    const kept = (await auditKeys.findAll()).filter((row) => !isGiven(row))
    return [
      ...given.map((key) => ({ ...createAuditSealer(key), lastSeal: Number.POSITIVE_INFINITY })),
      ...kept.map((row) => ({ ...createAuditSealer(open(row)), lastSeal: row.lastSeal })),
    ]
  }

  /** Keeps the keys of the secrets before, for the time when those are gone; seals all that are kept with the present one. */
  async function keep(): Promise<void> {
    const { auditKeys } = repositories
    if (previous.length > 0) await keepPrevious()
    for (const row of (await auditKeys.findAll()).filter((one) => !isGiven(one))) {
      const sealedKey = seal.reseal(nameOf(row), row.sealedKey)
      if (sealedKey) await auditKeys.save({ ...row, sealedKey })
    }
  }

  async function keepPrevious(): Promise<void> {
    const { auditEvents, auditKeys, auditSeals } = repositories
    const removed = await removedSeals(auditEvents, await known(repositories))
    const lastSeal = placeBehind(await auditSeals.findLast(), removed).number
    for (const key of previous) {
      const row = { id: idOf(key), lastSeal }
      await auditKeys.save({ ...row, sealedKey: seal.seal(nameOf(row), key) })
    }
  }

  function open(row: AuditKeyRow): Buffer {
    return seal.unseal(nameOf(row), row.sealedKey)
  }
}

/** Tells nothing of the key. */
const idOf = (key: Buffer): string => createHash('sha256').update(key).digest('hex')

/** What a key is sealed as: whoever has an old secret and the database cannot let its key count for longer. */
const nameOf = ({ id, lastSeal }: Omit<AuditKeyRow, 'sealedKey'>): string => `audit ${id} ${lastSeal}`
