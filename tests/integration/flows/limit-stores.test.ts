import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { freshEmail, registered } from '../../support/accounts.ts'
import { exposed } from '../../support/exposition.ts'
import { limitedServer, tally } from '../../support/limits.ts'
import { missingRedis, type Redis, startRedis } from '../../support/redis.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { PASSWORD, startTestServer, type TestServer } from '../../support/test-server.ts'

const AWAY = 'the shared store is away'

const guess = (server: TestServer, email: string) => server.post('/login', { email, password: 'wrong' })

const guesses = (servers: readonly TestServer[], email: string, times: number) =>
  Promise.all(Array.from({ length: times }, (_, turn) => guess(servers[turn % servers.length] as TestServer, email)))

const said = ({ logLines }: TestServer, text: string) => logLines.filter((line) => line.includes(text)).length

describe('limits in PostgreSQL', () => {
  it('are counted in memory while their table cannot be written, and that is said once', async () => {
    await using server = await startTestServer({ env: limitedServer })
    await server.database.query('ALTER TABLE rate_limits RENAME TO elsewhere')
    const email = freshEmail()
    assert.deepEqual(tally(await guesses([server], email, 20)), { 401: 10, 429: 10 })
    assert.equal((await server.post('/register', { email, password: PASSWORD })).status, 201)
    assert.equal(said(server, AWAY), 1)
    await server.database.query('ALTER TABLE elsewhere RENAME TO rate_limits')
    await eventually(async () => {
      await guess(server, freshEmail())
      return said(server, 'shared again') === 1
    }, 'the table is used again')
  })
})

describe('limits in Redis', () => {
  const skip = missingRedis()

  it('are shared by all nodes', { skip }, async () => {
    await using redis = await startRedis()
    const env = { ...limitedServer, REDIS_URL: redis.url }
    await using first = await startTestServer({ env })
    await using second = await startTestServer({ env, database: first.database })
    const email = freshEmail()
    assert.deepEqual(tally(await guesses([first, second], email, 60)), { 401: 10, 429: 50 })
    assert.deepEqual(tally(await guesses([second], email, 1)), { 429: 1 })
    assert.equal(await first.database.count('rate_limits'), 0)
    assert.ok(
      redis.keys().every((key) => /^gatehouse:[a-z-]+:[\w-]{43}$/.test(key)),
      redis.keys().join(),
    )
  })

  it('cost nothing for a right password', { skip }, async () => {
    await using redis = await startRedis()
    await using server = await startTestServer({ env: { ...limitedServer, REDIS_URL: redis.url } })
    const email = freshEmail()
    await server.post('/register', { email, password: PASSWORD })
    await guesses([server], email, 9)
    const logins = Array.from({ length: 30 }, () => server.post('/login', { email, password: PASSWORD }))
    assert.deepEqual(tally(await Promise.all(logins)), { 200: 30 })
    assert.deepEqual(tally(await guesses([server], email, 2)), { 401: 1, 429: 1 })
  })

  for (const [how, goAway, comeBack] of [
    ['is gone', 'stop', 'start'],
    ['does not answer', 'SIGSTOP', 'SIGCONT'],
  ] as const) {
    const away = ({ stop, signal }: Redis) => (goAway === 'stop' ? stop() : signal(goAway))
    const back = ({ start, signal }: Redis) => (comeBack === 'start' ? start() : signal(comeBack))

    it(`are each node's own while it ${how}, and everybody's when it is back`, { skip }, async () => {
      await using redis = await startRedis()
      const env = { ...limitedServer, REDIS_URL: redis.url }
      await using first = await startTestServer({ env })
      await using second = await startTestServer({ env, database: first.database })
      await guesses([first, second], freshEmail(), 2)
      await away(redis)
      await assertEachCountsAlone([first, second])
      // By then it was asked again, which is not said again.
      await wait(2_100)
      for (const node of [first, second]) {
        await guess(node, freshEmail())
        assert.equal(said(node, AWAY), 1)
      }
      await back(redis)
      await assertCountTogetherAgain([first, second])
    })

    it(`keep no node from starting while it ${how}, and are shared as soon as it is there`, { skip }, async () => {
      await using running = new AsyncDisposableStack()
      const redis = running.use(await startRedis())
      const database = running.adopt(await createTestDatabase(), (created) => created.drop())
      await away(redis)
      const options = { env: { ...limitedServer, REDIS_URL: redis.url }, database }
      const nodes = await Promise.all([startTestServer(options), startTestServer(options)])
      for (const node of nodes) running.use(node)
      await assertEachCountsAlone(nodes)
      await back(redis)
      await assertCountTogetherAgain(nodes)
    })
  }
})

type Nodes = readonly [TestServer, TestServer]

/** Neither is everybody let in, nor nobody, and whoever is right notices nothing. */
async function assertEachCountsAlone(nodes: Nodes): Promise<void> {
  const email = freshEmail()
  assert.deepEqual(tally(await guesses(nodes, email, 40)), { 401: 20, 429: 20 })
  for (const node of nodes) {
    const { email: another, token, refreshToken } = await registered(node)
    assert.equal((await node.post('/login', { email: another, password: PASSWORD })).status, 200)
    assert.equal((await node.post('/refresh', { refreshToken })).status, 200)
    assert.equal((await node.get('/readyz')).status, 200)
    assert.equal((await node.get('/userdetails', token)).status, 200)
    assert.equal(said(node, AWAY), 1)
    assert.equal(said(node, 'shared again'), 0)
    assert.equal((await exposed(node)).sum('gatehouse_limit_store_shared'), 0)
  }
}

async function assertCountTogetherAgain(nodes: Nodes): Promise<void> {
  for (const node of nodes) {
    await eventually(async () => {
      await guess(node, freshEmail())
      return said(node, 'shared again') === 1
    }, 'Redis is used again')
    assert.equal((await exposed(node)).sum('gatehouse_limit_store_shared'), 1)
  }
  assert.deepEqual(tally(await guesses(nodes, freshEmail(), 40)), { 401: 10, 429: 30 })
}
