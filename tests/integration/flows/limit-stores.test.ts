import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshEmail } from '../../support/accounts.ts'
import { exposed } from '../../support/exposition.ts'
import { limitedServer, tally } from '../../support/limits.ts'
import { missingRedis, startRedis } from '../../support/redis.ts'
import { eventually } from '../../support/server-process.ts'
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
    it(`are counted in memory while it ${how}, and shared again when it is back`, { skip }, async () => {
      await using redis = await startRedis()
      await using server = await startTestServer({ env: { ...limitedServer, REDIS_URL: redis.url } })
      await guess(server, freshEmail())
      if (goAway === 'stop') await redis.stop()
      else redis.signal(goAway)
      const email = freshEmail()
      assert.deepEqual(tally(await guesses([server], email, 20)), { 401: 10, 429: 10 })
      assert.equal((await server.post('/register', { email, password: PASSWORD })).status, 201)
      assert.equal(said(server, AWAY), 1)
      assert.equal(said(server, 'shared again'), 0)
      assert.equal((await exposed(server)).sum('gatehouse_limit_store_shared'), 0)
      if (comeBack === 'start') await redis.start()
      else redis.signal(comeBack)
      await eventually(async () => {
        await guess(server, freshEmail())
        return said(server, 'shared again') === 1
      }, 'Redis is used again')
      assert.equal((await exposed(server)).sum('gatehouse_limit_store_shared'), 1)
    })
  }

  it('do not keep a server from starting that has no Redis', { skip }, async () => {
    await using redis = await startRedis()
    await redis.stop()
    await using server = await startTestServer({ env: { ...limitedServer, REDIS_URL: redis.url } })
    assert.deepEqual(tally(await guesses([server], freshEmail(), 12)), { 401: 10, 429: 2 })
    assert.equal(said(server, AWAY), 1)
  })
})
