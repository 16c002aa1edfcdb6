import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { exposed } from '../../support/exposition.ts'
import { eventually } from '../../support/server-process.ts'
import { PASSWORD, serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const user = await registered(server)

describe('when the inside fails', () => {
  it('answers 500 with nothing but the request id, and logs the rest', async () => {
    await server.database.query('ALTER TABLE movies RENAME TO films')
    const answer = await server.get('/moviedata', user.token)
    await server.database.query('ALTER TABLE films RENAME TO movies')
    assert.equal(answer.status, 500)
    assert.equal(answer.body.code, 'internal')
    assert.doesNotMatch(answer.text, /movies|relation|sequelize|\.ts/i)
    const line = server.logLines.find((text) => text.includes('unexpected error')) ?? ''
    assert.equal(JSON.parse(line).requestId, answer.body.requestId)
    assert.match(line, /relation/)
  })

  it('rolls a registration back whose role cannot be given', async () => {
    await server.database.query("ALTER TABLE user_roles ADD CONSTRAINT no_more CHECK (role <> 'user') NOT VALID")
    const email = 'rolled-back@example.com'
    assert.equal((await server.post('/register', { email, password: PASSWORD })).status, 500)
    await server.database.query('ALTER TABLE user_roles DROP CONSTRAINT no_more')
    assert.deepEqual(await server.database.query('SELECT id FROM users WHERE email = $1', [email]), [])
    assert.equal((await server.post('/register', { email, password: PASSWORD })).status, 201)
  })

  it('answers 503 while the database does not take it, checks tokens meanwhile, and comes back by itself', async () => {
    const admin = await loggedInAdmin(server)
    const name = new URL(server.database.url).pathname.slice(1)
    await using outside = await startTestServer()
    await outside.database.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
    await outside.database.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])

    for (const path of ['/userdetails', '/moviedata']) {
      const answer = await server.get(path, user.token)
      assert.equal(answer.status, 503, path)
      assert.equal(answer.body.code, 'unavailable')
      assert.equal(answer.headers.get('retry-after'), '1')
    }
    assert.equal((await server.post('/login', { email: user.email, password: PASSWORD })).status, 503)
    assert.equal((await server.get('/userdetails', `${user.token}x`)).status, 401)
    assert.equal((await server.get('/roles', user.token)).status, 403)
    assert.equal((await server.get('/healthz')).status, 200)
    const unready = await server.get('/readyz')
    assert.equal(unready.status, 503)
    assert.equal(unready.body.checks.database, 'failed')
    assert.equal(unready.body.checks.feed, 'ok')

    await outside.database.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
    await eventually(async () => (await server.get('/readyz')).status === 200, 'it serves again', 5)
    assert.equal((await server.get('/userdetails', user.token)).status, 200)
    assert.equal((await server.get('/roles', admin.token)).status, 200)
  })

  /** What PostgreSQL says from now on where a session is opened. */
  const refuseSessions = (sqlState: string) =>
    server.database.query(`
      CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${sqlState}'; END $$;
      CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON sessions EXECUTE FUNCTION refuse()`)

  it('tells "not now" (503) from a bug (500) by what PostgreSQL says', async () => {
    const notNow = ['08006', '25006', '25P03', '53100', '53200', '53300', '55P03', '57014', '57P01', '57P03', '58030']
    const conflicts = ['40001', '40P01']
    const before = await exposed(server)
    const bugs = ['22P02', '22021', '23514', '25P02', '42501', '42601', '42703', '54000', 'P0001', 'XX000']
    for (const [status, sqlStates] of [
      [503, [...notNow, ...conflicts]],
      [500, bugs],
    ] as const) {
      for (const sqlState of sqlStates) {
        await refuseSessions(sqlState)
        const answer = await server.post('/login', { email: user.email, password: PASSWORD })
        assert.equal(answer.status, status, sqlState)
        assert.equal(answer.headers.get('retry-after'), status === 503 ? '1' : null, sqlState)
      }
    }
    const after = await exposed(server)
    const grown = (name: string) => after.sum(name) - before.sum(name)
    assert.equal(grown('gatehouse_unexpected_errors_total'), bugs.length)
    assert.equal(grown('gatehouse_database_transaction_retries_total'), 3 * conflicts.length)
    assert.equal(grown('gatehouse_database_statements_cancelled_total'), 1)
    await server.database.query('DROP TRIGGER refuse ON sessions')
    assert.equal((await server.post('/login', { email: user.email, password: PASSWORD })).status, 200)
  })

  it('refuses logins soon that would wait longer than two seconds for their hash', async () => {
    await using slow = await startTestServer({ env: { BCRYPT_COST: '11' } })
    const logins = Array.from({ length: 40 * availableParallelism() }, () =>
      slow.post('/login', { email: 'a@example.com', password: 'x' }),
    )
    const startedAt = performance.now()
    const last = await slow.post('/login', { email: 'a@example.com', password: 'x' })
    assert.equal(last.status, 503)
    // Held, so that a client that comes back at once does not come thousands of times a second.
    assert.ok(performance.now() - startedAt >= 149)
    const answers = [...(await Promise.all(logins)), last]
    const refused = answers.filter(({ status }) => status === 503)
    assert.ok(refused.length > 10, `${refused.length} refused`)
    for (const { body, headers } of refused) {
      assert.equal(body.code, 'overloaded')
      assert.ok(Number(headers.get('retry-after')) > 0)
    }
    assert.ok(answers.every(({ status }) => status === 503 || status === 401))
    const { sum } = await exposed(slow)
    assert.equal(sum('gatehouse_work_refused_total', { pool: 'hash' }), refused.length)
    assert.equal(sum('gatehouse_logins_total', { result: 'overloaded' }), refused.length)
    assert.equal(sum('gatehouse_logins_total', { result: 'unknown_email' }), answers.length - refused.length)
    // Most of those that were let in had to wait.
    assert.ok(sum('gatehouse_work_wait_seconds_sum', { pool: 'hash' }) > 1)
    assert.equal((await slow.post('/login', { email: 'a@example.com', password: 'x' })).status, 401)
  })
})
