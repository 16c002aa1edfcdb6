import type { Transaction } from 'sequelize'
import type { AuditEventModel } from '../models/audit-event.model.ts'
import { createStatements } from './statement.ts'

export type AuditMonthRepository = ReturnType<typeof createAuditMonthRepository>

// All by the database's clock, which also gives the events their time.
const AHEAD = `SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n), 'YYYY-MM') AS month
               FROM generate_series(0, $1::int) AS n`
const EXISTING = `SELECT translate(right(relname, 7), '_', '-') AS month FROM pg_class
                  WHERE oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_events'::regclass) ORDER BY 1`
const OLD = `SELECT month FROM (${EXISTING}) AS existing
             WHERE (month || '-01')::timestamp + interval '1 month' < now() AT TIME ZONE 'UTC' - make_interval(days => $1)
             ORDER BY month`

/** Whoever waits for this has all who write events wait behind it, so it gives up at once and tries another day. */
const LOCK_MS = 200

/** The partitions of the audit trail, one a month (UTC), each known as `YYYY-MM`. */
export function createAuditMonthRepository(events: AuditEventModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(events.sequelize, transaction)

  return { findMissing, create, findOlderThan, drop }

  /** Of the present month and the next `ahead`, those that are not there. */
  async function findMissing(ahead: number): Promise<string[]> {
    const existing = new Set((await rowsOf<{ month: string }>(EXISTING, [])).map(({ month }) => month))
    const wanted = await rowsOf<{ month: string }>(AHEAD, [ahead])
    return wanted.map(({ month }) => month).filter((month) => !existing.has(month))
  }

  async function create(month: string): Promise<void> {
    const [from, to] = [new Date(`${month}-01T00:00:00Z`), new Date(`${month}-01T00:00:00Z`)]
    to.setUTCMonth(to.getUTCMonth() + 1)
    await rowsOf(
      `CREATE TABLE ${partition(month)} PARTITION OF audit_events
       FOR VALUES FROM ('${from.toISOString()}') TO ('${to.toISOString()}')`,
      [],
    )
  }

  /** The months that ended more than so many days ago, the oldest first. */
  async function findOlderThan(days: number): Promise<string[]> {
    return (await rowsOf<{ month: string }>(OLD, [days])).map(({ month }) => month)
  }

  /** Deletes a month with all its events. */
  async function drop(month: string): Promise<void> {
    if (!transaction) throw new Error('A month goes in the transaction that records it.')
    await rowsOf(`SET LOCAL lock_timeout = ${LOCK_MS}`, [])
    await rowsOf(`DROP TABLE ${partition(month)}`, [])
  }
}

function partition(month: string): string {
  if (!/^\d{4}-\d{2}$/.test(month)) throw new Error(`Not a month: ${month}`)
  return `audit_events_${month.replace('-', '_')}`
}
