import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { allSealed, verified } from '../../support/audit.ts'
import { startTestServer, type TestServer } from '../../support/test-server.ts'

describe('the months of the audit trail', () => {
  const PARTITIONS = `SELECT relname FROM pg_class WHERE oid IN
    (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_events'::regclass) ORDER BY 1`
  const monthsOf = async ({ database }: TestServer) =>
    (await database.query<{ relname: string }>(PARTITIONS)).map(({ relname }) => relname)

  /** A month long ago with some events in it. */
  async function fillMonth({ database }: TestServer, month: string, next: string): Promise<void> {
    await database.query(
      `CREATE TABLE audit_events_${month.replace('-', '_')} PARTITION OF audit_events
       FOR VALUES FROM ('${month}-01 00:00+00') TO ('${next}-01 00:00+00')`,
    )
    await database.query(
      `INSERT INTO audit_events (id, occurred_at, action)
       SELECT gen_random_uuid(), '${month}-15 12:00+00', 'login' FROM generate_series(1, 30)`,
    )
  }

  it('are there before they begin, and made anew where one is gone', async () => {
    await using server = await startTestServer()
    const before = await monthsOf(server)
    assert.equal(before.length, 3)
    await server.database.query(`DROP TABLE ${before[2]}`)
    await Promise.all([1, 2, 3].map(() => server.maintenance.runOnce()))
    assert.deepEqual(await monthsOf(server), before)
  })

  it('go when they are old, and the rest of the trail still holds', async () => {
    await using server = await startTestServer()
    await fillMonth(server, '2024-01', '2024-02')
    await allSealed(server)
    await fillMonth(server, '2024-02', '2024-03')
    await allSealed(server)
    await server.maintenance.runOnce()
    assert.equal((await monthsOf(server)).length, 3)
    await allSealed(server)
    const { problems, head } = await verified(server)
    assert.deepEqual(problems, [])
    const dropped = await server.get('/audit?action=audit_month_dropped', (await loggedInAdmin(server)).token)
    assert.deepEqual(
      dropped.body.items.map(({ details }: { details: { month: string } }) => details.month),
      ['2024-02', '2024-01'],
    )

    await server.database.query(`DELETE FROM audit_events WHERE seal = ${head?.number}`)
    await server.database.query(`DELETE FROM audit_seals WHERE number = ${head?.number}`)
    assert.deepEqual((await verified(server)).problems, ['seal 1 is missing'])
  })

  it('go also where they have more seals than one statement deletes', async () => {
    await using server = await startTestServer()
    await fillMonth(server, '2024-01', '2024-02')
    await allSealed(server)
    await server.database.query(
      `INSERT INTO audit_seals (number, month, sealed_at, event_ids, digests, previous_hash, hash)
       SELECT n, '2024-01-01', now(), '{}', '', sha256(''), sha256('') FROM generate_series(1001, 151000) AS n`,
    )
    const ofMonth = () => server.database.count("audit_seals WHERE month = '2024-01-01'")
    const seals = await ofMonth()
    assert.ok(seals > 150_000)
    await server.maintenance.runOnce()
    assert.equal((await monthsOf(server)).length, 3)
    assert.equal(await ofMonth(), 0)
    const [dropped] = await server.database.query<{ details: object }>(
      "SELECT details - 'proof' AS details FROM audit_events WHERE action = 'audit_month_dropped'",
    )
    assert.deepEqual(dropped?.details, { month: '2024-01', seals, last: 151_000 })
  })

  it('that went do not hide another seal that is gone', async () => {
    await using server = await startTestServer()
    await registered(server)
    await allSealed(server)
    const first = await server.database.count('audit_seals')
    await fillMonth(server, '2024-01', '2024-02')
    await allSealed(server)
    await server.maintenance.runOnce()
    await allSealed(server)
    assert.deepEqual((await verified(server)).problems, [])
    await server.database.query(
      `DELETE FROM audit_events WHERE seal = ${first}; DELETE FROM audit_seals WHERE number = ${first}`,
    )
    assert.match((await verified(server)).problems.join('\n'), /seals are missing, of which \d+ went by age/)
  })

  it('stay as long as AUDIT_RETENTION_DAYS says', async () => {
    await using server = await startTestServer({ env: { AUDIT_RETENTION_DAYS: '36500' } })
    await fillMonth(server, '2024-01', '2024-02')
    await server.maintenance.runOnce()
    assert.equal((await monthsOf(server)).length, 4)
  })

  it('can all go, and the chain goes on behind them', async () => {
    await using server = await startTestServer()
    await server.database.query('DELETE FROM audit_events')
    await server.database.query('DELETE FROM audit_seals')
    await fillMonth(server, '2024-01', '2024-02')
    await allSealed(server)
    await server.maintenance.runOnce()
    await allSealed(server)
    const { problems, head } = await verified(server)
    assert.deepEqual(problems, [])
    assert.ok((head?.number ?? 0) > 1)
  })
})
