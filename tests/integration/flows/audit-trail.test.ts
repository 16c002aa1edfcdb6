import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { verified } from '../../support/audit.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { startNode } from '../../support/node.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { PASSWORD, startTestServer, type TestServer } from '../../support/test-server.ts'

const countOf = async ({ query }: TestDatabase, what: string) =>
  Number((await query<{ count: string }>(`SELECT count(*) FROM ${what}`))[0]?.count)
const unsealed = ({ database }: TestServer) => countOf(database, 'audit_events WHERE seal IS NULL')

/** A server with some seals, of a few events each, and all that was done to them sealed. */
async function sealedServer(): Promise<TestServer> {
  const server = await startTestServer()
  for (let round = 0; round < 4; round++) {
    const user = await registered(server)
    for (const password of ['wrong', PASSWORD]) await server.post('/login', { email: user.email, password })
    await allSealed(server)
  }
  assert.ok((await countOf(server.database, 'audit_seals')) >= 4)
  return server
}

const allSealed = (server: TestServer) =>
  eventually(async () => {
    await server.auditSealing.sealAll()
    return (await unsealed(server)) === 0
  }, 'everything is sealed')

describe('sealing', () => {
  it('comes within seconds, by itself', async () => {
    await using server = await startTestServer()
    await registered(server)
    await eventually(async () => (await unsealed(server)) === 0, 'everything is sealed', 5)
    assert.deepEqual((await verified(server)).problems, [])
  })

  it('of many events by several nodes at once makes one chain that holds each once', async () => {
    await using first = await startTestServer()
    await using second = await startTestServer({ database: first.database })
    await using third = await startTestServer({ database: first.database })
    const users = await Promise.all([first, second, third].map((server) => registered(server)))
    const fail = (server: TestServer, index: number) =>
      server.post('/login', { email: users[index]?.email, password: 'wrong' })
    for (let round = 0; round < 20; round++) {
      await Promise.all([
        ...[first, second, third].flatMap((server, index) => [fail(server, index), fail(server, index)]),
        ...[first, second, third].map(({ auditSealing }) => auditSealing.sealAll()),
      ])
    }
    await allSealed(first)
    const { problems, events, seals, head } = await verified(first)
    assert.deepEqual(problems, [])
    assert.equal(events, await countOf(first.database, 'audit_events'))
    assert.equal(seals, head?.number)
  })

  it('takes more than one batch', async () => {
    await using server = await startTestServer()
    await server.database.query(
      `INSERT INTO audit_events (id, action) SELECT gen_random_uuid(), 'login' FROM generate_series(1, 1700)`,
    )
    await allSealed(server)
    const { problems, events } = await verified(server)
    assert.deepEqual(problems, [])
    assert.ok(events > 1700)
  })

  it('seals what was recorded last before a server ends, and goes on after a kill', async () => {
    const database = await createTestDatabase()
    try {
      const graceful = await startNode(database)
      await graceful.register()
      await graceful.end('SIGTERM')
      assert.equal(await countOf(database, 'audit_events WHERE seal IS NULL'), 0)
      for (let round = 0; round < 3; round++) {
        const node = await startNode(database)
        const logins = Array.from({ length: 20 }, () => node.register().catch(() => null))
        await Promise.race(logins)
        await node.end('SIGKILL')
        await Promise.all(logins)
      }
      await using server = await startTestServer({ database })
      await allSealed(server)
      assert.deepEqual((await verified(server)).problems, [])
      // Nobody was registered without an event, and there is no event of nobody.
      assert.equal(
        await countOf(database, "audit_events WHERE action IN ('registered', 'first_admin_created')"),
        await countOf(database, 'users'),
      )
    } finally {
      await database.drop()
    }
  })
})

describe('audit verify', () => {
  const MIDDLE = `(SELECT id FROM audit_events WHERE seal = 2 ORDER BY occurred_at LIMIT 1)`
  const tamperings: [what: string, sql: string, found: RegExp][] = [
    ['an altered action', `UPDATE audit_events SET action = 'logout' WHERE id = ${MIDDLE}`, /^seal 2 .* was altered$/],
    [
      'another actor',
      `UPDATE audit_events SET actor_id = gen_random_uuid() WHERE id = ${MIDDLE}`,
      /^seal 2 .* was altered$/,
    ],
    ['another subject', `UPDATE audit_events SET subject_id = NULL WHERE id = ${MIDDLE}`, /^seal 2 .* was altered$/],
    ['another address', `UPDATE audit_events SET ip = '192.0.2.1' WHERE id = ${MIDDLE}`, /^seal 2 .* was altered$/],
    ['another browser', `UPDATE audit_events SET user_agent = 'x' WHERE id = ${MIDDLE}`, /^seal 2 .* was altered$/],
    ['another request', `UPDATE audit_events SET request_id = 'x' WHERE id = ${MIDDLE}`, /^seal 2 .* was altered$/],
    [
      'other details',
      `UPDATE audit_events SET details = '{"reason":"x"}' WHERE id = ${MIDDLE}`,
      /^seal 2 .* was altered$/,
    ],
    [
      'another time',
      `UPDATE audit_events SET occurred_at = occurred_at + interval '1 millisecond' WHERE id = ${MIDDLE}`,
      /^seal 2 .* was altered$/,
    ],
    [
      'an event that is gone',
      `DELETE FROM audit_events WHERE id = ${MIDDLE}`,
      /^seal 2 of .*: event [0-9a-f-]+ is missing$/,
    ],
    [
      'an event that was put into a seal',
      "INSERT INTO audit_events (id, action, seal) VALUES (gen_random_uuid(), 'login', 2)",
      /^seal 2 of .*: event [0-9a-f-]+ was added$/,
    ],
    [
      'an event that was put where no seal is',
      "INSERT INTO audit_events (id, action, seal) VALUES (gen_random_uuid(), 'login', 0)",
      /^event [0-9a-f-]+ names seal 0, which is missing$/,
    ],
    [
      'an event that was moved to the next seal',
      `UPDATE audit_events SET seal = 3 WHERE id = ${MIDDLE}`,
      /^seal 3 of .*: event [0-9a-f-]+ was added$/,
    ],
    [
      'a seal that is gone with its events',
      'DELETE FROM audit_events WHERE seal = 2; DELETE FROM audit_seals WHERE number = 2',
      /^seal 2 is missing$/,
    ],
    [
      'the first seal gone',
      'DELETE FROM audit_events WHERE seal = 1; DELETE FROM audit_seals WHERE number = 1',
      /^seal 1 is missing$/,
    ],
    [
      'a seal gone, but not its events',
      'DELETE FROM audit_seals WHERE number = 2',
      /^event [0-9a-f-]+ names seal 2, which is missing$/,
    ],
    [
      'the last seal gone, but not its events',
      'DELETE FROM audit_seals WHERE number = (SELECT max(number) FROM audit_seals)',
      /^event [0-9a-f-]+ names seal \d+, which is missing$/,
    ],
    [
      'a seal that forgets an event',
      `UPDATE audit_seals SET event_ids = event_ids[2:], digests = substr(digests, 33) WHERE number = 2; DELETE FROM audit_events WHERE id = ${MIDDLE}`,
      /^seal 2 of .* was altered$/,
    ],
    [
      'a seal of another time',
      "UPDATE audit_seals SET sealed_at = sealed_at - interval '1 day' WHERE number = 2",
      /^seal 2 of .* was altered$/,
    ],
    [
      'two seals in turned order',
      `UPDATE audit_seals SET number = 1000 WHERE number = 2; UPDATE audit_seals SET number = 2 WHERE number = 3;
       UPDATE audit_seals SET number = 3 WHERE number = 1000`,
      /^seal 2 of .* was altered$/,
    ],
    [
      'a made-up event that says a seal went by age',
      `DELETE FROM audit_events WHERE seal = 1; DELETE FROM audit_seals WHERE number = 1;
       INSERT INTO audit_events (id, action, details)
       VALUES (gen_random_uuid(), 'audit_month_dropped', '{"month":"2020-01","seals":1,"last":1,"proof":"x"}')`,
      /^seal 1 is missing$/,
    ],
  ]
  for (const [what, sql, found] of tamperings) {
    it(`finds ${what}`, async () => {
      await using server = await sealedServer()
      assert.deepEqual((await verified(server)).problems, [])
      await server.database.query(sql)
      const { problems } = await verified(server)
      assert.ok(
        problems.some((problem) => found.test(problem)),
        problems.join('\n') || 'nothing was found',
      )
    })
  }

  it('finds a trail that was cut off at its end, where its head is known', async () => {
    await using server = await sealedServer()
    const { head } = await verified(server)
    assert.ok(head)
    assert.deepEqual((await verified(server, head)).problems, [])
    await server.database.query(`DELETE FROM audit_events WHERE seal = ${head.number}`)
    await server.database.query(`DELETE FROM audit_seals WHERE number = ${head.number}`)
    assert.match(
      (await verified(server, head)).problems.join('\n'),
      new RegExp(`^seal ${head.number} is missing: the trail ends at ${head.number - 1}$`),
    )
    await registered(server)
    await allSealed(server)
    assert.deepEqual((await verified(server, head)).problems, [`seal ${head.number} is another than was expected`])
  })

  it('knows a seal only by the secret that it was made with', async () => {
    await using server = await sealedServer()
    const env = { ...cliEnvironment(server.database), APP_SECRET: 'another secret, as long as it has to be' }
    const { code, output } = await runCli(['audit', 'verify'], env)
    assert.equal(code, 1)
    assert.match(output, /seal 1 of .* was altered/)
  })

  it('is a command that tells by its exit code, and shows the head', async () => {
    await using server = await sealedServer()
    const env = cliEnvironment(server.database)
    const good = await runCli(['audit', 'verify'], env)
    assert.equal(good.code, 0, good.output + good.errors)
    const [, head = ''] = /^head (\d+:[0-9a-f]{64})$/m.exec(good.output) ?? []
    assert.equal((await runCli(['audit', 'verify', '--head', head], env)).code, 0)
    await server.database.query(`DELETE FROM audit_events WHERE id = ${MIDDLE}`)
    const bad = await runCli(['audit', 'verify'], env)
    assert.equal(bad.code, 1)
    assert.match(bad.output, /^seal 2 of .* is missing$/m)
    assert.equal((await runCli(['audit', 'verify', '--head', 'x'], env)).code, 1)
  })

  it('has a sister that exports', async () => {
    await using server = await sealedServer()
    const { code, output } = await runCli(['audit', 'export'], cliEnvironment(server.database))
    assert.equal(code, 0)
    assert.equal(output.trim().split('\n').length, await countOf(server.database, 'audit_events'))
    const none = await runCli(['audit', 'export', '--until', '2020-01-01T00:00:00Z'], cliEnvironment(server.database))
    assert.equal(none.output, '')
  })
})

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

  it('that went do not hide another seal that is gone', async () => {
    await using server = await startTestServer()
    await registered(server)
    await allSealed(server)
    const first = await countOf(server.database, 'audit_seals')
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
