import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import pg from 'pg'
import { loggedInAdmin } from '../../support/accounts.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { startTestServer, type TestServer } from '../../support/test-server.ts'

const BUILT = /search: the index is built/

const adopted = async (running: AsyncDisposableStack, database: Promise<TestDatabase>) =>
  running.adopt(await database, (created) => created.drop())

async function indexOf({ query }: TestDatabase): Promise<{ oid: number; isValid: boolean } | undefined> {
  const [index] = await query<{ oid: number; isValid: boolean }>(
    `SELECT indexrelid AS oid, indisvalid AS "isValid" FROM pg_index
     WHERE indexrelid = to_regclass('users_search_text_idx')`,
  )
  return index
}

async function assertSearches(server: TestServer): Promise<void> {
  const { token } = await loggedInAdmin(server)
  assert.equal((await server.get('/users?q=ADMIN', token)).body.total, 1)
  assert.equal((await server.get('/users?q=nobody', token)).body.total, 0)
}

/** Starts a server, stops it, and gives what it logged. */
async function logOfStart(database: TestDatabase): Promise<string> {
  await using server = await startTestServer({ database })
  await assertSearches(server)
  return server.logLines.join('')
}

/** The same database for somebody who may make tables in it, and no extensions. */
async function withoutPrivilege(running: AsyncDisposableStack, database: TestDatabase): Promise<TestDatabase> {
  const role = `test_${randomBytes(8).toString('hex')}`
  await database.query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`)
  running.defer(async () => {
    await database.query(`DROP OWNED BY ${role}`)
    await database.query(`DROP ROLE ${role}`)
  })
  await database.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${role}`)
  const url = new URL(database.url)
  url.username = role
  url.password = role
  return { ...database, url: url.href }
}

describe('the index for the search of users', () => {
  it('is made by the first server on a database that has not even the extension', async () => {
    await using running = new AsyncDisposableStack()
    const database = await adopted(running, createTestDatabase({ empty: true }))
    assert.deepEqual(await database.query("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"), [])
    assert.match(await logOfStart(database), BUILT)
    assert.equal((await indexOf(database))?.isValid, true)
  })

  it('is left alone by a start that finds it', async () => {
    await using running = new AsyncDisposableStack()
    const database = await adopted(running, createTestDatabase())
    const before = await indexOf(database)
    assert.equal(before?.isValid, true)
    assert.doesNotMatch(await logOfStart(database), BUILT)
    assert.deepEqual(await indexOf(database), before)
  })

  it('is built anew where an interrupted start left it invalid', async () => {
    await using running = new AsyncDisposableStack()
    const database = await adopted(running, createTestDatabase())
    const before = await indexOf(database)
    await database.query('UPDATE pg_index SET indisvalid = false WHERE indexrelid = $1', [before?.oid])
    assert.match(await logOfStart(database), BUILT)
    const present = await indexOf(database)
    assert.equal(present?.isValid, true)
    assert.notEqual(present?.oid, before?.oid)
  })

  it('is done without where nobody may make the extension, and made once somebody did', async () => {
    await using running = new AsyncDisposableStack()
    const database = await adopted(running, createTestDatabase({ empty: true }))
    const restricted = await withoutPrivilege(running, database)
    for (const _start of [1, 2]) {
      const log = await logOfStart(restricted)
      assert.match(log, /"level":40.*CREATE EXTENSION pg_trgm/)
      assert.doesNotMatch(log, BUILT)
      assert.equal(await indexOf(database), undefined)
    }
    await database.query('CREATE EXTENSION pg_trgm')
    const log = await logOfStart(restricted)
    assert.match(log, BUILT)
    assert.doesNotMatch(log, /pg_trgm/)
    assert.equal((await indexOf(database))?.isValid, true)
  })

  it('uses the extension in whatever schema it is', async () => {
    await using running = new AsyncDisposableStack()
    const database = await adopted(running, createTestDatabase({ empty: true }))
    await database.query('CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions')
    await logOfStart(database)
    assert.equal((await indexOf(database))?.isValid, true)
  })

  it('keeps no server from starting when it cannot be built in time', async () => {
    await using running = new AsyncDisposableStack()
    const database = await adopted(running, createTestDatabase())
    await database.query('DROP INDEX users_search_text_idx')
    const transaction = new pg.Client({ connectionString: database.url })
    await transaction.connect()
    running.defer(() => transaction.end())
    await transaction.query('BEGIN')
    await transaction.query('LOCK TABLE users IN ROW EXCLUSIVE MODE')
    const start = logOfStart(database)
    // As when the time is over: PostgreSQL cancels the statement.
    await eventually(async () => {
      const cancelled = await database.query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX CONCURRENTLY%'`,
      )
      return cancelled.length > 0
    }, 'the building waits')
    assert.match(await start, /"level":[45]0.*search/)
    await transaction.query('ROLLBACK')
    assert.match(await logOfStart(database), BUILT)
    assert.equal((await indexOf(database))?.isValid, true)
  })
})
