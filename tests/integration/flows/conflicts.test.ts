import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import pg from 'pg'
import { createDatabase } from '../../../src/infrastructure/database.ts'
import { type Account, freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventually } from '../../support/server-process.ts'
import { refreshed } from '../../support/sessions.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { PASSWORD, serverOfThisFile, startTestServer, type TestServer } from '../../support/test-server.ts'
import { unobserved } from '../../support/unobserved.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const { query, count } = server.database

const disable = ({ id }: Account) =>
  server.send('PATCH', `/users/${id}`, { token: admin.token, json: { status: 'disabled' } })
const login = ({ email }: Account) => server.post('/login', { email, password: PASSWORD })

describe('a change that deadlocks with another', () => {
  it('is made anew when the other is done, once', async () => {
    const user = await registered(server)
    await using running = new AsyncDisposableStack()
    const other = running.adopt(new pg.Client(server.database.url), (client) => client.end())
    await other.connect()
    // PostgreSQL ends the one that looks for a deadlock first: not this.
    await other.query("SET deadlock_timeout = '1min'; BEGIN")
    await other.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [user.id])
    const answer = disable(user)
    const waits = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await eventually(async () => (await count(waits)) === 1, 'the change waits for the user')
    // Which is what the change has locked before.
    await other.query("SELECT FROM roles WHERE name = 'admin' FOR UPDATE")
    await other.query('COMMIT')
    assert.equal((await answer).status, 200)
    const deadlocks = async () =>
      (
        await query<{ deadlocks: string }>('SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()')
      )[0]
    await eventually(async () => Number((await deadlocks())?.deadlocks) === 1, 'there was one')
    assert.equal(await count(`audit_events WHERE action = 'user_disabled' AND subject_id = '${user.id}'`), 1)
    assert.equal(await count(`revocations WHERE user_id = '${user.id}'`), 1)
    assert.equal((await server.get('/verify', user.token)).status, 401)
  })
})

describe('a change that conflicts with others', () => {
  /** The first `times` attempts fail, each at its end: what they did is undone by the commit. */
  const refuse = (table: string, sqlState: string, times: number, event = 'INSERT') =>
    query(`
      CREATE SEQUENCE attempts;
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('attempts') <= ${times} THEN RAISE EXCEPTION 'refused' USING ERRCODE = '${sqlState}'; END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER refuse AFTER ${event} ON ${table} DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()`)
  const attempts = async () => Number((await query<{ n: string }>('SELECT last_value AS n FROM attempts'))[0]?.n)
  afterEach(() => query('DROP FUNCTION refuse CASCADE; DROP SEQUENCE attempts'))

  for (const sqlState of ['40001', '40P01']) {
    it(`is tried again up to three times (${sqlState})`, async () => {
      const user = await registered(server)
      await refuse('sessions', sqlState, 3)
      const { status, body } = await login(user)
      assert.equal(status, 200)
      assert.equal(await attempts(), 4)
      assert.equal(await count(`sessions WHERE user_id = '${user.id}'`), 2)
      assert.equal(await count(`audit_events WHERE action = 'login' AND subject_id = '${user.id}'`), 1)
      await refreshed(server, body.refreshToken)
    })

    it(`is tried again where it is a single statement (${sqlState})`, async () => {
      const user = await registered(server)
      await refuse('sessions', sqlState, 3, 'UPDATE')
      await refreshed(server, user.refreshToken)
      assert.equal(await attempts(), 4)
    })

    it(`is given up after that with 503, and has not happened (${sqlState})`, async () => {
      const user = await registered(server)
      await refuse('revocations', sqlState, 1_000)
      const { status, body, headers } = await server.post('/logout', {}, user.token)
      assert.equal(status, 503)
      assert.equal(body.code, 'unavailable')
      assert.equal(headers.get('retry-after'), '1')
      assert.equal(await attempts(), 4)
      // Neither in the database nor in the memory of this node.
      assert.equal((await server.get('/verify', user.token)).status, 204)
      await refreshed(server, user.refreshToken)
      assert.equal(await count(`audit_events WHERE action = 'logout' AND subject_id = '${user.id}'`), 0)
    })
  }

  it('is not tried again for any other reason', async () => {
    const user = await registered(server)
    await refuse('sessions', '57014', 1_000)
    assert.equal((await login(user)).status, 503)
    assert.equal(await attempts(), 1)
  })
})

describe('a unit of work', () => {
  it('is no success where a statement of it has failed and it went on', async () => {
    const database = createDatabase({ url: server.database.url, poolMax: 1, isPooled: false, ...unobserved })
    const email = freshEmail()
    const insert = (id: string) => ({ id, email, name: null, passwordHash: 'x' })
    const work = database.atomically(async ({ users }) => {
      await users.insert(insert('018f0000-0000-7000-8000-000000000001'), [])
      await users.insert(insert('018f0000-0000-7000-8000-000000000002'), []).catch(() => undefined)
    })
    await assert.rejects(work, /went on all the same/)
    await database.close()
    assert.equal(await count(`users WHERE email = '${email}'`), 0)
  })
})

for (const level of ['serializable', 'repeatable read']) {
  describe(`with ${level} as the database's own isolation`, () => {
    it('races end as they always do', async () => {
      await using running = new AsyncDisposableStack()
      const database = running.adopt(await createTestDatabase(), (created) => created.drop())
      const name = new URL(database.url).pathname.slice(1)
      await database.query(`ALTER DATABASE ${name} SET default_transaction_isolation = '${level}'`)
      const env = { PUBLIC_URL: 'http://gatehouse.test' }
      const first = running.use(await startTestServer({ database, env }))
      const second = running.use(await startTestServer({ database, env }))
      const nodes = [first, second] as const
      await refreshTogether(nodes)
      await demoteEachOther(nodes)
      await registerOneAddress(nodes)
    })
  })
}

type Nodes = readonly [TestServer, TestServer]

async function refreshTogether([first, second]: Nodes): Promise<void> {
  let { refreshToken } = await registered(first)
  for (let round = 0; round < 10; round++) {
    const callers = Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? first : second))
    const answers = await Promise.all(callers.map((node) => node.post('/refresh', { refreshToken })))
    const successors = new Set(answers.map(({ status, body }) => `${status} ${body.refreshToken}`))
    assert.equal(successors.size, 1, [...successors].join('\n'))
    refreshToken = answers[0]?.body.refreshToken
    assert.ok(refreshToken)
  }
}

async function demoteEachOther([first, second]: Nodes): Promise<void> {
  const root = await loggedInAdmin(first)
  for (let round = 0; round < 10; round++) {
    const [one, other] = [await registered(first), await registered(second)]
    for (const { id } of [one, other]) await first.send('PUT', `/users/${id}/roles/admin`, { token: root.token })
    const [oneAdmin, otherAdmin] = [await loggedIn(first, one.email), await loggedIn(second, other.email)]
    assert.equal((await first.send('DELETE', `/users/${root.id}/roles/admin`, { token: oneAdmin.token })).status, 204)
    const answers = await Promise.all([
      first.send('DELETE', `/users/${other.id}/roles/admin`, { token: oneAdmin.token }),
      second.send('DELETE', `/users/${one.id}/roles/admin`, { token: otherAdmin.token }),
    ])
    // Whoever is second finds that there is no other, or that they are no administrator any more.
    const statuses = answers.map(({ status }) => status).sort()
    assert.ok(statuses[0] === 204 && [403, 409].includes(statuses[1] ?? 0), statuses.join())
    const left = statuses[0] === answers[0]?.status ? oneAdmin : otherAdmin
    const back = await first.send('PUT', `/users/${root.id}/roles/admin`, { token: left.token })
    assert.equal(back.status, 204)
    await first.send('DELETE', `/users/${left.id}/roles/admin`, { token: root.token })
  }
}

async function registerOneAddress([first, second]: Nodes): Promise<void> {
  const json = { email: freshEmail(), password: PASSWORD }
  const callers = Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? first : second))
  const answers = await Promise.all(callers.map((node) => node.post('/register', json)))
  const statuses = Object.groupBy(answers, ({ status }) => status)
  assert.equal(statuses[201]?.length, 1)
  assert.equal(statuses[409]?.length, 49)
}
