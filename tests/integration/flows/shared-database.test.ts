import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { failingServer, startServerProcess } from '../../support/server-process.ts'
import { APP_SECRET, createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { ADMIN, startTestServer } from '../../support/test-server.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MIGRATIONS = readdirSync(join(ROOT, 'migrations')).length

const nameOf = ({ name }: { name: string }) => name

describe('a database that is given', () => {
  let database: TestDatabase
  let env: Record<string, string>
  before(async () => {
    database = await createTestDatabase({ empty: true })
    env = { DATABASE_URL: database.url, APP_SECRET, HOST: '127.0.0.1' }
  })
  after(() => database.drop())

  const count = async (table: string) => Number((await database.query(`SELECT count(*) FROM ${table}`))[0]?.count)

  it('is brought up to date once by three servers that start at once', async () => {
    const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }
    await using running = new AsyncDisposableStack()
    const started = [1, 2, 3].map(() => startServerProcess({ ...env, ...admin }))
    const servers = (await Promise.all(started)).map((server) => running.use(server))
    const keys = await Promise.all(servers.map(async ({ url }) => (await fetch(`${url}/.well-known/jwks.json`)).json()))
    assert.deepEqual(keys[0], keys[1])
    assert.deepEqual(keys[0], keys[2])
    assert.equal(await count('movies'), 3201)
    assert.equal(await count('users'), 1)
    assert.equal(await count('signing_keys'), 2)
    const applied = servers.map(({ output }) => output().match(/migrations: applied/g)?.length ?? 0)
    assert.deepEqual(
      applied.toSorted((a, b) => a - b),
      [0, 0, MIGRATIONS],
    )
    for (const server of servers) {
      assert.doesNotMatch(server.output(), new RegExp(ADMIN.password))
      assert.equal(await server.end('SIGINT'), 0)
      // Lines are written in pieces, and the last ones when the process ends.
      assert.match(server.output(), /"msg":"stopping"/)
    }
  })

  it('is not opened with another secret than the one that sealed its keys', async () => {
    const refused = await failingServer({ ...env, APP_SECRET: 'another secret of at least 32 bytes' })
    assert.equal(refused.code, 1)
    assert.match(refused.output, /APP_SECRET is not the secret/)
  })

  it('promotes nobody who registered the address of the first administrator before', async () => {
    await database.query("DELETE FROM user_roles WHERE role = 'admin'")
    const refused = await failingServer({ ...env, ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password })
    assert.equal(refused.code, 2)
    assert.match(refused.output, /ADMIN_EMAIL belongs to an account that is not an active administrator/)
    assert.deepEqual(await database.query("SELECT 1 FROM user_roles WHERE role = 'admin'"), [])
  })
})

describe('sequelize-cli', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase({ empty: true })
  })
  after(() => database.drop())

  async function cli(...args: string[]): Promise<string> {
    const file = join(ROOT, 'node_modules/.bin/sequelize-cli')
    const env = { PATH: process.env.PATH, DATABASE_URL: database.url, DATABASE_DIRECT_URL: database.url }
    const { stdout, stderr } = await promisify(execFile)(file, args, { cwd: ROOT, env })
    return stdout + stderr
  }

  const tables = async () => {
    const rows = await database.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
    )
    return rows.map(nameOf)
  }

  it('applies, shows, undoes and applies again the migrations and seeds of the server', async () => {
    await cli('db:migrate')
    await cli('db:seed:all')
    const made = await tables()
    assert.deepEqual(
      made.filter((name) => !name.startsWith('Sequelize')),
      [
        'audit_events',
        'audit_keys',
        'audit_seals',
        'imports',
        'movies',
        'rate_limits',
        'revocations',
        'roles',
        'sessions',
        'signing_keys',
        'user_roles',
        'users',
      ],
    )
    assert.doesNotMatch(await cli('db:migrate:status'), /^down/m)

    await cli('db:seed:undo:all')
    assert.equal((await database.query('SELECT 1 FROM movies')).length, 0)
    await cli('db:migrate:undo:all')
    assert.deepEqual(
      (await tables()).filter((name) => !name.startsWith('Sequelize')),
      [],
    )
    assert.doesNotMatch(await cli('db:migrate:status'), /^up/m)
    await cli('db:migrate')
    await cli('db:seed:all')
    assert.deepEqual(await tables(), made)
  })

  it('leaves nothing to do for the server', async () => {
    await using server = await startTestServer({ database })
    assert.doesNotMatch(server.logLines.join(''), /applied/)
  })
})
