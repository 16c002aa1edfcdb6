import type { Sequelize, Transaction } from 'sequelize'
import { createStatements, type RunPrepared, type Statement } from './statement.ts'

export type RateLimitRepository = ReturnType<typeof createRateLimitRepository>

const DELETE_EXPIRED = `DELETE FROM rate_limits WHERE key IN
                          (SELECT key FROM rate_limits WHERE expire < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
                        RETURNING key`

/** The counts of the limits that all nodes share. rate-limiter-flexible writes its own statements. */
export function createRateLimitRepository(
  sequelize: Sequelize,
  runPrepared: RunPrepared,
  transaction: Transaction | null = null,
) {
  const rowsOf = createStatements(sequelize, transaction)

  return { query, deleteExpired }

  /** As a `pg` pool answers it. */
  async function query({ name = null, text, values = [] }: Partial<Statement> & { text: string; values?: unknown[] }) {
    const rows = await runPrepared({ name, text }, values)
    return { rows, rowCount: rows.length }
  }

  /** Deletes up to `limit` counts whose window ended before `before`, and tells how many. */
  async function deleteExpired(before: Date, limit: number): Promise<number> {
    return (await rowsOf(DELETE_EXPIRED, [before.getTime(), limit])).length
  }
}
