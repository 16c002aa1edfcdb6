import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { type Account, claimsOf, freshEmail } from '../../support/accounts.ts'
import { type Node, startNode } from '../../support/node.ts'
import { startProxy, type TcpProxy } from '../../support/proxy.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { ADMIN, PASSWORD } from '../../support/test-server.ts'

const CHANGES = 1000
const PROMISED_MS = 100

describe('three nodes on one database', () => {
  const running = new AsyncDisposableStack()
  let database: TestDatabase
  let nodes: readonly [Node, Node, Node]
  /** Between the third node and its pool, and between it and what it listens to. */
  let pool: TcpProxy
  let direct: TcpProxy
  let admin: Account

  before(async () => {
    database = running.adopt(await createTestDatabase(), (created) => created.drop())
    pool = running.use(await startProxy(database.url))
    direct = running.use(await startProxy(database.url))
    const proxied = { DATABASE_URL: pool.through(database.url), DATABASE_DIRECT_URL: direct.through(database.url) }
    const started = [startNode(database), startNode(database), startNode(database, proxied)] as const
    nodes = await Promise.all(started)
    for (const node of nodes) running.use(node)
    admin = await nodes[0].login(ADMIN.email, ADMIN.password)
  })
  after(() => running.disposeAsync())

  const cut = () => {
    pool.cut()
    direct.cut()
  }
  const restore = () => {
    pool.restore()
    direct.restore()
  }
  const logout = async (node: Node, { token }: Account) =>
    assert.equal(await node.statusOf('POST', '/logout', token), 204)
  const assertRefusedSoon = (node: Node, { token }: Account) =>
    eventually(async () => !(await node.lets(token)), 'the ended session is refused')

  it('act on 1,000 revocations and role changes within 100 ms at the 99th percentile', async (context) => {
    // A promise about the service, measured on a machine that others use: it is broken when it never holds.
    const attempts: number[] = []
    while (attempts.length < 3 && !attempts.some((ms) => ms <= PROMISED_MS)) attempts.push(await slowestButOnePercent())
    context.diagnostic(`99th percentile: ${attempts.map(Math.round).join(', ')} ms`)
    assert.ok(Math.min(...attempts) <= PROMISED_MS)
  })

  async function slowestButOnePercent(): Promise<number> {
    const user = await nodes[0].register()
    const delays: number[] = []
    for (let index = 0; index < CHANGES; index += 2) {
      const node = nodes[index % nodes.length] as Node
      const session = await node.login(user.email)
      await logout(node, session)
      delays.push(await untilAll((each) => each.lets(session.token), false))

      const isGrant = index % 4 === 0
      const method = isGrant ? 'PUT' : 'DELETE'
      assert.equal(await node.statusOf(method, `/users/${user.id}/roles/admin`, admin.token), 204)
      delays.push(await untilAll((each) => each.lets(user.token, 'admin'), isGrant))
    }
    return delays.toSorted((a, b) => a - b)[Math.ceil(CHANGES * 0.99) - 1] ?? Number.POSITIVE_INFINITY
  }

  /** Milliseconds until every node answers so. */
  async function untilAll(ask: (node: Node) => Promise<boolean>, wanted: boolean): Promise<number> {
    const from = performance.now()
    const delays = nodes.map(async (node) => {
      while ((await ask(node)) !== wanted) assert.ok(performance.now() - from < 10_000, 'never')
      return performance.now() - from
    })
    return Math.max(...(await Promise.all(delays)))
  }

  it('agree on a ban, a new password and a deletion', async () => {
    const [first, second, third] = nodes
    const all = await Promise.all([1, 2, 3].map(() => first.register()))
    const [banned, changed, deleted] = all as [Account, Account, Account]
    const other = await second.login(changed.email)
    for (const { token } of [...all, other]) for (const node of nodes) assert.ok(await node.lets(token))
    assert.equal(await second.statusOf('PATCH', `/users/${banned.id}`, admin.token, { status: 'disabled' }), 200)
    const passwords = { currentPassword: PASSWORD, newPassword: 'another horse, another staple' }
    assert.equal(await third.statusOf('PUT', '/userdetails/password', changed.token, passwords), 204)
    const proof = { currentPassword: passwords.currentPassword }
    assert.equal(await third.statusOf('DELETE', '/userdetails', deleted.token, proof), 204)
    for (const account of [banned, deleted, other]) for (const node of nodes) await assertRefusedSoon(node, account)
    for (const node of nodes) assert.ok(await node.lets(changed.token))
    assert.equal(await second.statusOf('PATCH', `/users/${banned.id}`, admin.token, { status: 'active' }), 200)
    await wait(200)
    for (const node of nodes) assert.equal(await node.lets(banned.token), false)
  })

  it('agree on the deletion of a role, and on who has it when it is made anew', async () => {
    const [first, second, third] = nodes
    const [holder, other] = (await Promise.all([1, 2].map(() => first.register()))) as [Account, Account]
    const makeRole = () => third.statusOf('POST', '/roles', admin.token, { name: 'editor' })
    const grant = ({ id }: Account) => second.statusOf('PUT', `/users/${id}/roles/editor`, admin.token)
    const isEditor = async ({ token }: Account) => Promise.all(nodes.map((node) => node.lets(token, 'editor')))
    assert.equal(await makeRole(), 201)
    for (const account of [holder, other]) assert.equal(await grant(account), 204)
    const withRoleInToken = await first.login(holder.email)
    const all = [holder, other, withRoleInToken]
    for (const account of all) {
      await eventually(async () => (await isEditor(account)).every((is) => is), 'the role counts')
    }
    assert.equal(await third.statusOf('DELETE', '/roles/editor', admin.token), 204)
    for (const account of all) {
      await eventually(async () => !(await isEditor(account)).some((is) => is), 'the role is gone')
    }
    for (const node of nodes) assert.ok(await node.lets(holder.token, 'user'))

    assert.equal(await makeRole(), 201)
    assert.equal(await grant(other), 204)
    await eventually(async () => (await isEditor(other)).every((is) => is), 'the role is back')
    for (const account of [holder, withRoleInToken]) assert.deepEqual(await isEditor(account), [false, false, false])
  })

  it('agree on a new email, with a token that was issued before', async () => {
    const [first, , third] = nodes
    const user = await first.register()
    const email = freshEmail()
    const emailOn = async ({ url }: Node, { token }: Account) => {
      const answer = await fetch(`${url}/verify`, { headers: { authorization: `Bearer ${token}` } })
      return answer.headers.get('x-user-email')
    }
    for (const node of nodes) assert.equal(await emailOn(node, user), user.email)
    const change = { email, currentPassword: PASSWORD }
    assert.equal(await third.statusOf('PATCH', '/userdetails', user.token, change), 200)
    for (const node of nodes) await eventually(async () => (await emailOn(node, user)) === email, 'the new email')
    assert.equal(await emailOn(third, await first.login(email)), email)
  })

  it('learn of a change that is too large to announce', async () => {
    const user = await nodes[0].register()
    await database.query(
      "INSERT INTO roles (name) SELECT 'role_' || repeat('x', 50) || n FROM generate_series(1, 200) n",
    )
    await database.query("INSERT INTO user_roles (user_id, role) SELECT $1, name FROM roles WHERE name ~ '^role_'", [
      user.id,
    ])
    const lacksRole = (node: Node) => async () => !(await node.lets(user.token, 'user'))
    assert.equal(await nodes[1].statusOf('DELETE', `/users/${user.id}/roles/user`, admin.token), 204)
    for (const node of nodes) await eventually(lacksRole(node), 'the role is gone')
    const named = `role_${'x'.repeat(50)}200`
    for (const node of nodes) await eventually(() => node.lets(user.token, named), 'the others count')
  })

  it('know everything when they are started later', async () => {
    const [first] = nodes
    const ended = await first.register()
    const promoted = await first.register()
    await logout(first, ended)
    assert.equal(await first.statusOf('PUT', `/users/${promoted.id}/roles/admin`, admin.token), 204)
    assert.equal(await first.statusOf('POST', '/roles', admin.token, { name: 'writer' }), 201)
    assert.equal(await first.statusOf('PUT', `/users/${promoted.id}/roles/writer`, admin.token), 204)
    const writer = await first.login(promoted.email)
    assert.equal(await first.lets(writer.token, 'writer'), true)
    assert.equal(await first.statusOf('DELETE', '/roles/writer', admin.token), 204)
    await using late = await startNode(database)
    assert.equal(await late.lets(ended.token), false)
    assert.equal(await late.lets(promoted.token, 'admin'), true)
    for (const { token } of [promoted, writer]) assert.equal(await late.lets(token, 'writer'), false)
  })

  it('catch up when they were cut off for ten seconds', async () => {
    const [first, , third] = nodes
    const session = await first.register()
    assert.ok(await third.lets(session.token))
    cut()
    await logout(first, session)
    await wait(10_000)
    assert.ok(await third.lets(session.token), 'it cannot know yet')
    restore()
    await assertRefusedSoon(third, session)
    await eventually(async () => third.output().includes('listening again'), 'it listens again')
  })

  it('lose no change that was begun before they read and is committed while they are away', async () => {
    const [first, , third] = nodes
    const [slow, quick, last] = (await Promise.all([1, 2, 3].map(() => first.register()))) as [
      Account,
      Account,
      Account,
    ]
    // By hand, as the server does it, but the commit comes when this test says.
    const transaction = new pg.Client({ connectionString: database.url })
    await transaction.connect()
    try {
      await transaction.query('BEGIN')
      await transaction.query('INSERT INTO revocations (session_id, recorded_at) VALUES ($1, now())', [
        claimsOf(slow.token).sid,
      ])
      // The node reads behind it, twice: by being told, and by its timer.
      await logout(first, quick)
      await assertRefusedSoon(third, quick)
      await wait(2_500)
      cut()
      await transaction.query('COMMIT')
      restore()
    } finally {
      await transaction.end()
    }
    await assertRefusedSoon(third, slow)
    await logout(first, last)
    await assertRefusedSoon(third, last)
  })

  it('lose no change that is committed between their listening and their reading', async () => {
    const [first, , third] = nodes
    const session = await first.register()
    const listeners = async () => {
      const rows = await database.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'gatehouse-listen' AND datname = current_database()",
      )
      return rows.length
    }
    await eventually(async () => (await listeners()) === 3, 'all listen')
    cut()
    await eventually(async () => (await listeners()) === 2, 'the third does not')
    pool.restore()
    pool.hold()
    direct.restore()
    await eventually(async () => (await listeners()) === 3, 'the third listens, and cannot read')
    await logout(first, session)
    await assertRefusedSoon(third, session)
    pool.restore()
    await wait(500)
    assert.equal(await third.lets(session.token), false)
  })

  it('learn by reading while they cannot listen', async () => {
    const [first, , third] = nodes
    direct.cut()
    const session = await first.register()
    await logout(first, session)
    await assertRefusedSoon(third, session)
    direct.restore()
  })

  it('act on what they did themselves before they answer, even while they hear nothing', async () => {
    const third = nodes[2]
    const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => third.register()))
    direct.hold()
    for (const session of sessions) {
      await logout(third, session)
      assert.equal(await third.lets(session.token), false)
    }
    direct.restore()
  })

  it('notice a connection that has gone silent, and listen on another', async () => {
    const third = nodes[2]
    const count = (text: string) => third.output().split(text).length
    await eventually(async () => count('listening again') === count('connection is lost'), 'it listens')
    const before = count('listening again')
    direct.hold()
    await eventually(async () => count('connection is lost') > before, 'it notices')
    direct.restore()
    await eventually(async () => count('listening again') > before, 'it listens again')
  })
})

describe('a node without contact', () => {
  it('lets nobody in after the time that is configured, says so, and comes back by itself', async () => {
    await using running = new AsyncDisposableStack()
    const database = running.adopt(await createTestDatabase(), (created) => created.drop())
    const proxy = running.use(await startProxy(database.url))
    const node = running.use(
      await startNode(database, {
        DATABASE_URL: proxy.through(database.url),
        REVOCATION_MAX_STALENESS_SECONDS: '2',
      }),
    )
    const { token } = await node.register()
    assert.equal(await node.statusOf('GET', '/verify', token), 204)
    proxy.cut()
    assert.equal(await node.statusOf('GET', '/verify', token), 204)
    await eventually(async () => (await node.statusOf('GET', '/verify', token)) === 503, 'it is closed', 5)
    for (const path of ['/verify?role=user', '/moviedata', '/readyz']) {
      assert.equal(await node.statusOf('GET', path, token), 503, path)
    }
    assert.equal(await node.statusOf('GET', '/verify', 'x'), 401)
    assert.match(node.output(), /authorization feed: out of contact/)
    proxy.restore()
    await eventually(async () => (await node.statusOf('GET', '/verify', token)) === 204, 'it is open again', 5)
    await eventually(async () => node.output().includes('in contact again'), 'it says so')
  })
})
