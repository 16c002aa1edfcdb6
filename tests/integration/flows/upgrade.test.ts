import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { newerVersion } from '../../support/newer-version.ts'
import { type Node, startNode } from '../../support/node.ts'
import { eventually } from '../../support/server-process.ts'
import { startSteadyLoad } from '../../support/steady-load.ts'
import { createTestDatabase } from '../../support/test-database.ts'

/** What a migration may do to tables that an older version reads and writes meanwhile. */
const MIGRATIONS = {
  '20991231000100-create-invitations': [
    `CREATE TABLE invitations (
       id         uuid        CONSTRAINT invitations_pkey PRIMARY KEY,
       invited_by uuid        NOT NULL CONSTRAINT invitations_invited_by_fkey REFERENCES users (id) ON DELETE CASCADE,
       created_at timestamptz NOT NULL DEFAULT now()
     )`,
  ],
  // The rows of a large table are checked while nobody else may read it: here a second.
  '20991231000200-widen-users': [
    `ALTER TABLE users
       ADD COLUMN locale text,
       ADD COLUMN points integer NOT NULL DEFAULT 0,
       DROP CONSTRAINT users_status_known,
       ADD CONSTRAINT users_status_known CHECK (status IN ('active', 'disabled', 'invited'));
     SELECT pg_sleep(1)`,
  ],
  // It holds nobody up, however long it waits for those who were there before; broken off it would leave half an index.
  '20991231000300-index-users': [
    'SET lock_timeout = 0',
    'CREATE INDEX CONCURRENTLY users_created_at_idx ON users (created_at)',
  ],
  '20991231000400-widen-revocations': ['ALTER TABLE revocations ADD COLUMN reason text'],
}

describe('an upgrade, node by node on one database', () => {
  it('fails no request while the newer version migrates, behind a long reader, and while both serve', async () => {
    await using running = new AsyncDisposableStack()
    const database = running.adopt(await createTestDatabase(), (created) => created.drop())
    const folder = running.adopt(await newerVersion(MIGRATIONS), (made) => rm(made, { recursive: true }))
    const old = running.use(await startNode(database))
    const account = await old.register()
    const load = startSteadyLoad(old.url, account)
    running.defer(async () => void (await load.stop()))
    // As pg_dump does, for as long as it takes.
    const reader = running.adopt(new pg.Client(database.url), (client) => client.end())
    await reader.connect()
    await reader.query('BEGIN; LOCK TABLE users IN ACCESS SHARE MODE')
    const starting = startNode(database, {}, undefined, join(folder, 'src/server.ts'))
    const waits = "pg_locks WHERE relation = 'users'::regclass AND NOT granted AND mode = 'AccessExclusiveLock'"
    await eventually(async () => (await database.count(waits)) === 1, 'a migration waits for the reader')
    // Longer than a statement may wait behind it.
    await wait(2_500)
    await reader.query('COMMIT')
    const young = running.use(await starting)
    const youngLoad = startSteadyLoad(young.url, account)
    running.defer(async () => void (await youngLoad.stop()))
    await assertSideBySide(old, young)
    await assertSideBySide(young, old)
    const results = await Promise.all([load.stop(), youngLoad.stop()])
    for (const { answered, failed } of results) {
      assert.deepEqual(failed, [])
      assert.ok(answered > 100, `${answered} answers`)
    }
    assert.equal(await old.end('SIGTERM'), 0)
    assert.equal(await young.statusOf('GET', '/userdetails', account.token), 200)
    assert.match(young.output(), /migrations: waits for others/)
    for (const name of Object.keys(MIGRATIONS)) assert.match(young.output(), new RegExp(`${name}.ts`))
  })
})

/** What one ends, the other refuses. */
async function assertSideBySide(one: Node, other: Node): Promise<void> {
  const { token, refreshToken, email } = await one.register()
  assert.equal(await other.lets(token), true)
  assert.equal(await one.statusOf('POST', '/logout', token), 204)
  await eventually(async () => !(await other.lets(token)), 'the ended session is refused')
  assert.equal(await other.statusOf('POST', '/refresh', undefined, { refreshToken }), 401)
  assert.equal((await other.login(email)).email, email)
  for (const node of [one, other]) assert.equal(await node.statusOf('GET', '/readyz'), 200)
}
