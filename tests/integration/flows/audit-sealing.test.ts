import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { allSealed, unsealed, verified } from '../../support/audit.ts'
import { startNode } from '../../support/node.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { startTestServer, type TestServer } from '../../support/test-server.ts'

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
    assert.equal(events, await first.database.count('audit_events'))
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
      await graceful.end('SIGINT')
      assert.equal(await database.count('audit_events WHERE seal IS NULL'), 0)
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
        await database.count("audit_events WHERE action IN ('registered', 'first_admin_created')"),
        await database.count('users'),
      )
    } finally {
      await database.drop()
    }
  })
})
