import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { freshEmail } from '../../support/accounts.ts'
import { type Node, startNode } from '../../support/node.ts'
import { reconnectPooler } from '../../support/pooled-run.ts'
import { startProxy, type TcpProxy } from '../../support/proxy.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase, databaseAt, type TestDatabase } from '../../support/test-database.ts'
import { ADMIN, PASSWORD } from '../../support/test-server.ts'

const PROMISED_MS = 3_000
const PROMISED_BACK_SECONDS = 5

/** A node behind a proxy, on a database of its own. */
async function startSite(env: Record<string, string> = {}) {
  const running = new AsyncDisposableStack()
  const database = running.adopt(await createTestDatabase(), (created) => created.drop())
  const proxy = running.use(await startProxy(database.url))
  const node = running.use(await startNode(databaseAt(proxy.through(database.url)), { RATE_LIMITS: 'off', ...env }))
  return { database, proxy, node, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

async function assertUnavailable(answer: Promise<Response>): Promise<void> {
  const { status, headers } = await answer
  assert.equal(status, 503)
  assert.equal(headers.get('retry-after'), '1')
}

/** Of an answer that was asked for just now. */
async function assertUnavailableInTime(answer: Promise<Response>): Promise<void> {
  const startedAt = performance.now()
  await assertUnavailable(answer)
  const ms = performance.now() - startedAt
  assert.ok(ms <= PROMISED_MS, `${Math.round(ms)} ms`)
}

describe('the database, lost between the reading of a user and what follows', () => {
  /** At this cost a hash takes long enough to lose the database meanwhile. */
  const BCRYPT_COST = '12'
  const WHILE_HASHING_MS = 100
  const running = new AsyncDisposableStack()
  let database: TestDatabase
  let proxy: TcpProxy
  let node: Node
  before(async () => {
    const site = running.use(await startSite({ BCRYPT_COST }))
    ;({ database, proxy, node } = site)
  })
  after(() => running.disposeAsync())

  const post = (path: string, json: object) => node.send('POST', path, undefined, json)

  for (const lose of ['cut', 'hold'] as const) {
    it(`opens no session (${lose})`, async () => {
      const { id, email } = await node.register()
      const login = post('/login', { email, password: PASSWORD })
      await wait(WHILE_HASHING_MS)
      proxy[lose]()
      await assertUnavailable(login)
      proxy.restore()
      await eventually(async () => (await node.login(email)).id === id, 'a login works', PROMISED_BACK_SECONDS)
      assert.equal(await database.count(`sessions WHERE user_id = '${id}'`), 2)
      assert.equal(await database.count(`audit_events WHERE action = 'login' AND subject_id = '${id}'`), 1)
    })

    it(`makes no account (${lose})`, async () => {
      const email = freshEmail()
      const registration = post('/register', { email, password: PASSWORD })
      await wait(WHILE_HASHING_MS)
      proxy[lose]()
      await assertUnavailable(registration)
      proxy.restore()
      assert.equal(await database.count(`users WHERE email = '${email}'`), 0)
      const isMade = async () => (await post('/register', { email, password: PASSWORD })).status === 201
      await eventually(isMade, 'it is made', PROMISED_BACK_SECONDS)
    })
  }
})

describe('the database', () => {
  it('that is away for all who register one address keeps none of them waiting for the others', async () => {
    await using site = await startSite()
    await site.node.register()
    site.proxy.hold()
    const json = { email: freshEmail(), password: PASSWORD }
    const registrations = Array.from({ length: 10 }, () => site.node.send('POST', '/register', undefined, json))
    await Promise.all(registrations.map(assertUnavailableInTime))
    site.proxy.restore()
    const isMade = async () => (await site.node.statusOf('POST', '/register', undefined, json)) === 201
    await eventually(isMade, 'it is made', PROMISED_BACK_SECONDS)
  })

  it('that waits for a lock, with all connections of the pool, is given up within 3 s', async () => {
    await using site = await startSite()
    const user = await site.node.register()
    await using running = new AsyncDisposableStack()
    const locker = running.adopt(new pg.Client(site.database.url), (client) => client.end())
    await locker.connect()
    await locker.query('BEGIN; LOCK TABLE users')
    const requests = Array.from({ length: 40 }, () => site.node.send('GET', '/userdetails', user.token))
    await Promise.all(requests.map(assertUnavailableInTime))
    await locker.query('COMMIT')
    const serves = async () => (await site.node.statusOf('GET', '/userdetails', user.token)) === 200
    await eventually(serves, 'it is served', PROMISED_BACK_SECONDS)
  })

  it('that has moved without a word costs one answer, not one for each connection of the pool', async () => {
    await using site = await startSite()
    const user = await site.node.register()
    const details = () => site.node.send('GET', '/userdetails', user.token)
    await Promise.all(Array.from({ length: 50 }, details))
    // Connections may still be being made, and one that is lost so is told to whoever waits next.
    await wait(500)
    site.proxy.strand()
    await assertUnavailableInTime(details())
    for (let request = 0; request < 10; request++) assert.equal((await details()).status, 200)
  })

  it('is asked once by all who want to know whether the server is ready', async () => {
    await using site = await startSite()
    const own = "application_name = 'gatehouse' AND datname = current_database()"
    const connections = () => site.database.count(`pg_stat_activity WHERE ${own}`)
    const before = await connections()
    const answers = await Promise.all(Array.from({ length: 200 }, () => site.node.statusOf('GET', '/readyz')))
    assert.ok(answers.every((status) => status === 200))
    // One for the question, and one each for what is done on a schedule; each asking for itself would take all ten.
    assert.ok((await connections()) <= before + 3)
  })

  it('that is read-only is read, takes no change, and takes them again as soon as it is not', async () => {
    await using site = await startSite()
    const { node, database } = site
    const admin = await node.login(ADMIN.email, ADMIN.password)
    const user = await node.register()
    const name = new URL(database.url).pathname.slice(1)
    const setReadOnly = (value: 'on' | 'DEFAULT') =>
      database.query(
        `BEGIN READ WRITE; ALTER DATABASE ${name} SET default_transaction_read_only = ${value}; COMMIT;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'gatehouse' AND datname = current_database()`,
      )
    const changes = (): Parameters<Node['send']>[] => [
      ['POST', '/login', undefined, { email: user.email, password: PASSWORD }],
      ['POST', '/register', undefined, { email: freshEmail(), password: PASSWORD }],
      ['POST', '/refresh', undefined, { refreshToken: user.refreshToken }],
      ['PUT', `/users/${user.id}/roles/admin`, admin.token],
    ]
    await setReadOnly('on')
    await eventually(async () => (await node.statusOf('GET', '/userdetails', user.token)) === 200, 'it is read')
    for (let round = 0; round < 3; round++) {
      await Promise.all(changes().map((change) => assertUnavailableInTime(node.send(...change))))
      assert.equal(await node.statusOf('GET', '/userdetails', user.token), 200)
    }
    // Whoever is connected stays read-only: the server has to leave those connections by itself.
    await database.query(`BEGIN READ WRITE; ALTER DATABASE ${name} RESET default_transaction_read_only; COMMIT`)
    // A pooler does not know: it would keep them for an hour.
    await reconnectPooler(database.url)
    const takes = async () =>
      (await Promise.all(changes().map((change) => node.statusOf(...change)))).every((status) => status < 300)
    await eventually(takes, 'changes are taken', PROMISED_BACK_SECONDS)
  })

  it('is missed with one warning of each kind, however long it is away', async () => {
    await using site = await startSite({ LOG_LEVEL: 'debug' })
    const said = (text: string) => site.node.output().split(text).length - 1
    site.proxy.cut()
    await wait(7_000)
    site.proxy.restore()
    const recoveries = [
      'notifications: listening again',
      'authorization feed: in contact again',
      'audit trail: works again',
    ]
    for (const recovery of recoveries) await eventually(async () => said(recovery) === 1, recovery)
    for (const loss of ['the connection is lost', 'out of contact', 'left for the next time']) {
      assert.equal(said(loss), 1, loss)
    }
    assert.ok(said('no connection yet') < 20, `${said('no connection yet')} attempts to listen`)
  })

  it('that does not answer keeps nobody from stopping the server', async () => {
    await using site = await startSite()
    await site.node.register()
    site.proxy.hold()
    const startedAt = performance.now()
    assert.equal(await site.node.end('SIGINT'), 0)
    assert.ok(performance.now() - startedAt < 10_000, `${performance.now() - startedAt}`)
  })
})
