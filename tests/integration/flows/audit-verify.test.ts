import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { allSealed, sealedServer, verified } from '../../support/audit.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'

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
    assert.equal((await runCli(['audit', 'verify', '--head', 'x'], env)).code, 2)
  })

  it('has a sister that exports', async () => {
    await using server = await sealedServer()
    const { code, output } = await runCli(['audit', 'export'], cliEnvironment(server.database))
    assert.equal(code, 0)
    assert.equal(output.trim().split('\n').length, await server.database.count('audit_events'))
    const none = await runCli(['audit', 'export', '--until', '2020-01-01T00:00:00Z'], cliEnvironment(server.database))
    assert.equal(none.output, '')
  })
})
