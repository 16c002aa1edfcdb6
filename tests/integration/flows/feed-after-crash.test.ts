import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { startNode } from '../../support/node.ts'
import { startOwnPostgres } from '../../support/own-postgres.ts'
import { startProxy } from '../../support/proxy.ts'
import { eventually } from '../../support/server-process.ts'
import { databaseAt } from '../../support/test-database.ts'

/** Longer than a node reads nothing. */
const REREAD_MS = 3_000

/** Transactions that leave no trace on the disk: a server that crashes gives their numbers out again. */
async function useUpNumbers(url: string, count: number): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  for (let number = 0; number < count; number++) await client.query('BEGIN; SELECT pg_current_xact_id(); ROLLBACK')
  await client.end()
}

describe('a node whose database has crashed', () => {
  it('learns of a change whose transaction has the number of one before the crash, when it listens again', async () => {
    await using running = new AsyncDisposableStack()
    const postgres = running.use(await startOwnPostgres({ wal_writer_delay: '10s', wal_writer_flush_after: '1GB' }))
    const database = databaseAt(postgres.url)
    const direct = running.use(await startProxy(database.url))
    const first = running.use(await startNode(database))
    const deaf = running.use(await startNode(database, { DATABASE_DIRECT_URL: direct.through(database.url) }))
    const { token } = await first.register()
    assert.ok(await deaf.lets(token))
    const isSealed = async () => (await database.count('audit_events WHERE seal IS NULL')) === 0
    await eventually(isSealed, 'nothing more is written')

    await useUpNumbers(database.url, 500)
    const [before] = await database.query<{ number: string }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot()) AS number',
    )
    await wait(REREAD_MS)
    await postgres.stopImmediately()
    direct.cut()
    await postgres.start()
    const logout = async () => (await first.statusOf('POST', '/logout', token)) === 204
    await eventually(logout, 'the session is ended')
    const [change] = await database.query<{ number: string }>('SELECT transaction_id AS number FROM revocations')
    assert.ok(Number(change?.number) < Number(before?.number), 'the numbers are given out again')
    await wait(REREAD_MS)
    direct.restore()
    await eventually(async () => !(await deaf.lets(token)), 'the ended session is refused')
  })
})
