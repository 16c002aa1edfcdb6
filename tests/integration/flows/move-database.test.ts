import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { findRunning } from '../../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { PREPARATION_LOCK } from '../../../src/infrastructure/prepare-database.ts'
import type { Account } from '../../support/accounts.ts'
import { runCli, spawnCli } from '../../support/cli.ts'
import { startNode } from '../../support/node.ts'
import { eventually, failingServer } from '../../support/server-process.ts'
import { createTestDatabase, databaseAt, type TestDatabase } from '../../support/test-database.ts'

const LOCK = 20_261_124
const NAME = 'Zoë "Ångström" \\N'
const KEPT = ['users', 'user_roles', 'sessions', 'revocations', 'roles', 'signing_keys', 'audit_events', 'audit_seals']

describe('gatehouse db move', () => {
  const environment = { NODE_ENV: 'test', AUDIT_RETENTION_DAYS: '36500' }
  let dataDir: string
  let appSecret: string
  let account: Account
  let ended: Account
  let kept: string[]

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-move-'))
    const embedded = { ...environment, DATA_DIR: dataDir, DATABASE_URL: '', APP_SECRET: '' }
    await using node = await startNode({ url: '' } as TestDatabase, embedded)
    account = await node.register()
    assert.equal(await node.statusOf('PATCH', '/userdetails', account.token, { name: NAME }), 200)
    ended = await node.login(account.email)
    assert.equal(await node.statusOf('POST', '/logout', ended.token), 204)
    const database = databaseAt((await findRunning(dataDir)) ?? '')
    await fillOldMonth(database)
    await eventually(async () => (await database.count('audit_events WHERE seal IS NULL')) === 0, 'all is sealed')
    kept = await contentOf(database)
    appSecret = (await readFile(join(dataDir, 'app-secret'), 'utf8')).trim()

    const { code, errors } = await move('postgres://gatehouse@127.0.0.1:1/gatehouse')
    assert.deepEqual([code, errors], [1, `A server is running on the data in ${dataDir}: stop it first.\n`])
  })
  after(() => rm(dataDir, { recursive: true, force: true }))

  const move = (url: string, env = {}) => runCli(['db', 'move', url], { DATA_DIR: dataDir, ...env })

  async function emptyDatabase(): Promise<TestDatabase & AsyncDisposable> {
    const database = await createTestDatabase({ empty: true })
    return { ...database, [Symbol.asyncDispose]: database.drop }
  }

  /** A move that waits behind `holdUp`. */
  async function inTheMiddle(target: TestDatabase) {
    const child = spawnCli(['db', 'move', target.url], { DATA_DIR: dataDir })
    const exited = once(child, 'exit')
    await eventually(async () => (await waiting(target)) > 0, 'it is in the middle')
    return { end }

    async function end(signal: NodeJS.Signals): Promise<number | null> {
      child.kill(signal)
      const [code] = await exited
      return code
    }
  }

  it('brings everything over in a second run, where the first was killed in the middle', async () => {
    await using target = await emptyDatabase()
    const obstacle = await holdUp(target)
    const killed = await inTheMiddle(target)
    const [lock] = await target.query('SELECT pg_try_advisory_lock($1) AS taken', [PREPARATION_LOCK])
    assert.deepEqual(lock, { taken: false }, 'no server can begin on the target')
    const { output: refusal } = await failingServer({ DATA_DIR: dataDir })
    assert.match(refusal, /Another server is running on the data/)
    await killed.end('SIGKILL')
    await obstacle.end()
    await target.query('DROP EVENT TRIGGER spoil')

    const { code, output, errors } = await move(target.url)
    assert.equal(code, 0, errors)
    assert.match(errors, /^users: 2 rows, /m)
    assert.match(output, new RegExp(`^ +APP_SECRET +what stands in ${dataDir}/app-secret$`, 'm'))
    assert.doesNotMatch(output + errors, new RegExp(`${appSecret}|${new URL(target.url).password}`))
    assert.deepEqual(await contentOf(target), kept)

    const env = { ...environment, APP_SECRET: appSecret }
    await using node = await startNode(target, env)
    assert.equal(await node.lets(account.token, 'user'), true)
    assert.equal(await node.lets(ended.token), false)
    const refresh = ({ refreshToken }: Account) => node.statusOf('POST', '/refresh', undefined, { refreshToken })
    assert.deepEqual([await refresh(account), await refresh(ended)], [200, 401])
    assert.equal((await node.login(account.email)).id, account.id)
    const { token } = await node.register()
    assert.equal(await node.statusOf('POST', '/logout', token), 204)
    assert.equal(await node.lets(token), false)
    const { code: verified, output: findings } = await runCli(['audit', 'verify'], { ...env, DATABASE_URL: target.url })
    assert.equal(verified, 0, findings)
  })

  for (const [what, body, complaint] of [
    ['is changed', 'NEW.granted_at := now(); RETURN NEW;', /user_roles arrived with other values/],
    ['is lost', 'RETURN NULL;', /user_roles has 3 rows, and 0 of them arrived/],
    ['is refused', `RAISE EXCEPTION 'no';`, /user_roles cannot be copied/],
  ] as const) {
    it(`leaves nothing in the target where a row ${what} on the way`, async () => {
      await using target = await emptyDatabase()
      await spoil(target, body)
      const { code, output, errors } = await move(target.url)
      assert.deepEqual([code, output], [1, ''])
      assert.match(errors, complaint)
      assert.equal(await tablesIn(target), 0)
    })
  }

  it('stops its database where it is interrupted', async () => {
    await using target = await emptyDatabase()
    const obstacle = await holdUp(target)
    const interrupted = await inTheMiddle(target)
    assert.equal(await interrupted.end('SIGINT'), 130)
    assert.equal(existsSync(join(dataDir, 'postgres', 'postmaster.pid')), false)
    await obstacle.end()
  })

  it('refuses a target in which something is, and leaves it so', async () => {
    await using notes = await emptyDatabase()
    await notes.query('CREATE TABLE notes ()')
    const used = await createTestDatabase()
    const before = await contentOf(used)
    for (const [{ url }, found] of [
      [notes, /^The target is not empty, so nothing is moved: table public\.notes\./],
      [used, /^The target is not empty, so nothing is moved: table public/],
    ] as const) {
      const { code, errors } = await move(url)
      assert.equal(code, 1)
      assert.match(errors, found)
    }
    assert.equal(await tablesIn(notes), 1)
    assert.deepEqual(await contentOf(used), before)
    await used.drop()
  })

  it('moves the embedded database only', async () => {
    await using target = await emptyDatabase()
    const { code, errors } = await move(target.url, { DATABASE_URL: target.url, APP_SECRET: appSecret })
    assert.equal(code, 2)
    assert.match(errors, /DATABASE_URL is set/)
    const young = join(dataDir, 'none')
    assert.match((await move(target.url, { DATA_DIR: young })).errors, /There is no embedded database in/)
  })
})

/** A month that no migration makes. */
const fillOldMonth = ({ query }: TestDatabase) =>
  query(`
    CREATE TABLE audit_events_2024_01 PARTITION OF audit_events
    FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00');
    INSERT INTO audit_events (id, occurred_at, action) VALUES (gen_random_uuid(), '2024-01-15 12:00+00', 'login')`)

/** All rows, as text. */
async function contentOf({ query }: TestDatabase): Promise<string[]> {
  const tables = KEPT.map((table) => `SELECT '${table} ' || t::text AS row FROM ${table} AS t`)
  return (await query<{ row: string }>(`${tables.join(' UNION ALL ')} ORDER BY 1`)).map(({ row }) => row)
}

const tablesIn = ({ count }: TestDatabase) => count(`pg_tables WHERE schemaname = 'public'`)

const waiting = ({ count }: TestDatabase) => count(`pg_locks WHERE locktype = 'advisory' AND NOT granted`)

/** Until its end, no row comes into the table of the users' roles. */
async function holdUp(target: TestDatabase): Promise<pg.Client> {
  await spoil(target, `PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NEW;`)
  const obstacle = new pg.Client(target.url)
  await obstacle.connect()
  await obstacle.query(`SELECT pg_advisory_lock(${LOCK})`)
  return obstacle
}

/** From now on, `body` runs for each row that comes into the table of the users' roles. */
const spoil = ({ query }: TestDatabase, body: string) =>
  query(`
    CREATE SCHEMA spoiled;
    CREATE FUNCTION spoiled.spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$;
    CREATE FUNCTION spoiled.prepare() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      IF to_regclass('public.user_roles') IS NULL THEN RETURN; END IF;
      CREATE OR REPLACE TRIGGER spoil BEFORE INSERT ON public.user_roles FOR EACH ROW EXECUTE FUNCTION spoiled.spoil();
    END $$;
    CREATE EVENT TRIGGER spoil ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION spoiled.prepare()`)
