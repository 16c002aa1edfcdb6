import { Op, type Transaction } from 'sequelize'
import type { AuditSealModel } from '../models/audit-seal.model.ts'
import { createStatements } from './statement.ts'

/** What vouches for a few events of one month, and for the seal before it. */
export interface AuditSeal {
  /** From 1 on, without a gap. */
  number: number
  /** The month of its events, `YYYY-MM`. */
  month: string
  sealedAt: Date
  eventIds: string[]
  /** One after the other, 32 bytes each. */
  digests: Buffer
  previousHash: Buffer
  hash: Buffer
}

export type AuditSealRepository = ReturnType<typeof createAuditSealRepository>

/** Any number that nothing else in this database locks. The same for every node. */
const ADVISORY_LOCK = 0x6175_6469
const LOCK = 'SELECT pg_advisory_xact_lock($1)'
const TRY_LOCK = 'SELECT pg_try_advisory_xact_lock($1) AS taken'

const DELETED_AT_ONCE = 50_000
const DELETE_SOME = `WITH gone AS (
                       DELETE FROM audit_seals WHERE number IN (
                         SELECT number FROM audit_seals WHERE month = $1 AND number > $2
                         ORDER BY number LIMIT ${DELETED_AT_ONCE})
                       RETURNING number)
                     SELECT count(*) AS seals, max(number) AS last FROM gone`

export function createAuditSealRepository(seals: AuditSealModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(seals.sequelize, transaction)

  return { lock, tryLock, findLast, findBehind, findNumbers, insert, deleteMonth }

  /** Waits until this transaction is the one, until it ends, that may add or remove seals and months. */
  async function lock(): Promise<void> {
    if (!transaction) throw new Error('A lock needs a transaction.')
    await rowsOf(LOCK, [ADVISORY_LOCK])
  }

  /** As `lock`, but does not wait: false where another transaction is the one. */
  async function tryLock(): Promise<boolean> {
    if (!transaction) throw new Error('A lock needs a transaction.')
    const [row] = await rowsOf<{ taken: boolean }>(TRY_LOCK, [ADVISORY_LOCK])
    return row?.taken ?? false
  }

  async function findLast(): Promise<AuditSeal | null> {
    const row = await seals.findOne({ order: [['number', 'DESC']], raw: true, transaction })
    return row && toSeal(row)
  }

  /** The next seals behind a number, in order. */
  async function findBehind(number: number, limit: number): Promise<AuditSeal[]> {
    const where = { number: { [Op.gt]: number } }
    return (await seals.findAll({ where, order: ['number'], limit, raw: true, transaction })).map(toSeal)
  }

  /** Those of the given numbers that there are. */
  async function findNumbers(numbers: readonly number[]): Promise<number[]> {
    const where = { number: [...numbers] }
    const rows = await seals.findAll({ where, attributes: ['number'], raw: true, transaction })
    return rows.map(({ number }) => Number(number))
  }

  async function insert({ month, ...seal }: AuditSeal): Promise<void> {
    await seals.create({ ...seal, month: firstDayOf(month) }, { transaction, returning: false })
  }

  /** In steps: a busy month has millions. Gives how many are gone, and the highest number among them, or 0. */
  async function deleteMonth(month: string): Promise<{ seals: number; last: number }> {
    const gone = { seals: 0, last: 0 }
    for (let deleted = DELETED_AT_ONCE; deleted === DELETED_AT_ONCE; ) {
      const [row] = await rowsOf<{ seals: string; last: string | null }>(DELETE_SOME, [firstDayOf(month), gone.last])
      deleted = Number(row?.seals)
      gone.seals += deleted
      gone.last = Number(row?.last ?? gone.last)
    }
    return gone
  }
}

const firstDayOf = (month: string): string => `${month}-01`

/** The driver gives 64-bit integers as text. */
function toSeal({ number, month, ...row }: InstanceType<AuditSealModel>): AuditSeal {
  return { ...row, number: Number(number), month: month.slice(0, 'YYYY-MM'.length) }
}
