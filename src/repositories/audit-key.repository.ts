import type { Transaction } from 'sequelize'
import type { AuditKeyModel } from '../models/audit-key.model.ts'

/** A key that has sealed the audit trail before. */
export interface AuditKeyRow {
  id: string
  sealedKey: Buffer
  /** The highest number of a seal that it can have made. */
  lastSeal: number
}

export type AuditKeyRepository = ReturnType<typeof createAuditKeyRepository>

export function createAuditKeyRepository(auditKeys: AuditKeyModel, transaction: Transaction | null = null) {
  return { findAll, save }

  async function findAll(): Promise<AuditKeyRow[]> {
    const rows = await auditKeys.findAll({ order: ['id'], raw: true, transaction })
    // The driver gives 64-bit integers as text.
    return rows.map((row) => ({ ...row, lastSeal: Number(row.lastSeal) }))
  }

  /** In the place of what was known of this key. */
  async function save(key: AuditKeyRow): Promise<void> {
    await auditKeys.upsert(key, { transaction, returning: false })
  }
}
