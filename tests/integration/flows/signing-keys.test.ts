import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import jwt from 'jsonwebtoken'
import pg from 'pg'
import { claimsOf, kidOf, loggedIn, registered } from '../../support/accounts.ts'
import { cliEnvironment, runCli, spawnCli } from '../../support/cli.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { type Node, startNode } from '../../support/node.ts'
import { eventually } from '../../support/server-process.ts'
import { storedKeys } from '../../support/stored-keys.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { startTestServer, type TestServer } from '../../support/test-server.ts'

const DAY = 24 * 60 * 60 * 1000

const publishedBy = async (server: TestServer): Promise<string[]> =>
  (await server.get('/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid)
const statesOf = async (database: TestDatabase): Promise<string[]> =>
  (await storedKeys(database)).map(({ state }) => state).sort()

describe('the signing keys', () => {
  it('are published before they sign and after', async () => {
    const clock = movableClock()
    await using server = await startTestServer({ clock })
    const first = await registered(server)
    const [current, next] = await publishedBy(server)
    assert.equal(kidOf(first.token), current)

    clock.offsetMs = 31 * DAY
    await server.maintenance.runOnce()
    await eventually(async () => (await publishedBy(server)).length === 3, 'the new key is published')
    assert.deepEqual((await publishedBy(server)).slice(0, 2), [current, next])
    const second = await loggedIn(server, first.email)
    assert.equal(kidOf(second.token), next)
    assert.match(server.logLines.join(''), /signing keys: rotated/)
  })

  it('are rotated after thirty days, once, however many nodes try', async () => {
    const clock = movableClock()
    await using server = await startTestServer({ clock })
    await using other = await startTestServer({ clock, database: server.database })
    const tryAll = () => Promise.all([server, other, server, other].map(({ maintenance }) => maintenance.runOnce()))
    await tryAll()
    clock.offsetMs = 29 * DAY
    await tryAll()
    assert.deepEqual(await statesOf(server.database), ['current', 'next'])
    clock.offsetMs = 31 * DAY
    await tryAll()
    assert.deepEqual(await statesOf(server.database), ['current', 'next', 'previous'])
    clock.offsetMs = 31 * DAY + 3600_000
    await tryAll()
    assert.deepEqual(await statesOf(server.database), ['current', 'next'])
    clock.offsetMs = 62 * DAY
    await tryAll()
    assert.deepEqual(await statesOf(server.database), ['current', 'next', 'previous'])
  })

  it('are refused when they are retired, also for a token that was let in before', async () => {
    const clock = movableClock()
    await using server = await startTestServer({ clock })
    const { token, email } = await registered(server)
    const [old] = (await storedKeys(server.database)).filter(({ state }) => state === 'current')
    assert.ok(old)
    // Only its key can give it away: it is younger than the rotation and expires long after.
    const sign = () => {
      const iat = Math.floor(clock.now().getTime() / 1000)
      const header = { alg: 'ES256', typ: 'at+jwt', kid: old.kid }
      return jwt.sign({ ...claimsOf(token), iat, exp: iat + 900 }, old.privateKey, { header })
    }
    clock.offsetMs = 31 * DAY
    await server.maintenance.runOnce()
    await eventually(async () => (await publishedBy(server)).length === 3, 'it is rotated')
    assert.equal((await server.get('/verify', sign())).status, 204)
    clock.offsetMs += 1400_000
    const late = sign()
    assert.equal((await server.get('/verify', late)).status, 204)
    clock.offsetMs += 200_000
    await eventually(async () => !(await publishedBy(server)).includes(old.kid), 'it is retired')
    assert.equal((await server.get('/verify', late)).body.code, 'invalid_token')
    assert.equal((await server.get('/verify', sign())).body.code, 'invalid_token')
    assert.equal((await server.get('/verify', (await loggedIn(server, email)).token)).status, 204)
    await server.maintenance.runOnce()
    assert.ok(!(await storedKeys(server.database)).some(({ kid }) => kid === old.kid))
  })
})

describe('keys rotate', () => {
  it('shows and rotates the keys of servers that run', async () => {
    await using server = await startTestServer()
    const first = await registered(server)
    const [current = '', next = ''] = await publishedBy(server)
    const shown = await runCli(['keys', 'list'], cliEnvironment(server.database))
    assert.match(shown.output, new RegExp(`^KID +STATE +SINCE\n${current}  current  .*Z\n${next}  next     .*Z\n$`))

    const rotated = await runCli(['keys', 'rotate'], cliEnvironment(server.database))
    assert.deepEqual([rotated.code, rotated.errors], [0, ''])
    assert.equal(rotated.output, `${next} signs from now on; ${current} is published until its last token is over.\n`)
    await eventually(async () => kidOf((await loggedIn(server, first.email)).token) === next, 'the next key signs')
    assert.equal((await server.get('/verify', first.token)).status, 204)
  })

  it('says what is wrong', async () => {
    const unconfigured = await runCli(['keys', 'list'], { DATABASE_URL: 'x' })
    assert.equal(unconfigured.code, 2)
    assert.match(unconfigured.errors, /DATABASE_URL must be a postgres/)
    await using running = new AsyncDisposableStack()
    const empty = running.adopt(await createTestDatabase({ empty: true }), (database) => database.drop())
    const unprepared = await runCli(['keys', 'list'], cliEnvironment(empty))
    assert.deepEqual(
      [unprepared.code, unprepared.errors],
      [1, 'This database is not prepared for this version yet: start the server once, or run `db migrate`.\n'],
    )
    assert.equal((await runCli(['keys', 'turn'], cliEnvironment(empty))).code, 2)
  })

  it('rotates nothing with another secret than the servers have', async () => {
    await using server = await startTestServer()
    const before = await storedKeys(server.database)
    const wrong = {
      ...cliEnvironment(server.database),
      APP_SECRET: 'another secret than the one that keys are sealed with',
    }
    const { code, errors } = await runCli(['keys', 'rotate'], wrong)
    assert.equal(code, 1)
    assert.match(errors, /^APP_SECRET is not the secret/)
    const kids = (keys: typeof before) => keys.map(({ kid, state }) => ({ kid, state }))
    assert.deepEqual(kids(await storedKeys(server.database)), kids(before))
  })

  it('does all of it or nothing when it is killed in the middle', async () => {
    await using server = await startTestServer()
    const before = await storedKeys(server.database)
    const { token } = await registered(server)
    const blocker = new pg.Client({ connectionString: server.database.url })
    await blocker.connect()
    try {
      // The rotation has retired the current key, and waits here for the next one.
      await blocker.query('BEGIN')
      await blocker.query("SELECT 1 FROM signing_keys WHERE state = 'next' FOR UPDATE")
      const rotation = spawnCli(['keys', 'rotate'], cliEnvironment(server.database))
      const isWaiting = async () =>
        (
          await server.database.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'signing_keys'",
          )
        ).length === 1
      await eventually(isWaiting, 'the rotation is in the middle')
      rotation.kill('SIGKILL')
      await eventually(async () => rotation.signalCode === 'SIGKILL', 'it is killed')
      await blocker.query('ROLLBACK')
    } finally {
      await blocker.end()
    }
    const ids = (keys: typeof before) => keys.map(({ kid, state }) => `${kid} ${state}`)
    assert.deepEqual(ids(await storedKeys(server.database)), ids(before))
    assert.equal((await server.get('/verify', token)).status, 204)
    await runCli(['keys', 'rotate'], cliEnvironment(server.database))
    assert.deepEqual(await statesOf(server.database), ['current', 'next', 'previous'])
  })

  it('refuses no valid token under load on two nodes', async () => {
    await using running = new AsyncDisposableStack()
    const database = running.adopt(await createTestDatabase(), (created) => created.drop())
    const nodes = await Promise.all([startNode(database), startNode(database)])
    for (const node of nodes) running.use(node)
    const { email } = await nodes[0].register()
    const kids = new Set<string>()
    let isOver = false
    let checks = 0
    const use = async (node: Node, others: readonly Node[]) => {
      while (!isOver) {
        const { token } = await node.login(email)
        kids.add(kidOf(token))
        for (const other of [node, ...others]) {
          assert.equal(await other.statusOf('GET', '/verify', token), 204)
          checks += 1
        }
      }
    }
    const load = [...nodes, ...nodes].map((node) => use(node, nodes))
    try {
      for (let rotation = 0; rotation < 2; rotation++) {
        assert.equal((await runCli(['keys', 'rotate'], cliEnvironment(database))).code, 0)
      }
      await wait(200)
    } finally {
      isOver = true
    }
    await Promise.all(load)
    assert.equal(kids.size, 3)
    assert.ok(checks > 100, `${checks} checks`)
  })
})
