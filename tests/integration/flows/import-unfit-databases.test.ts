import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openBetterAuthSource } from '../../../src/infrastructure/import-sources/database/better-auth-source.ts'
import { openSequelizeSource } from '../../../src/infrastructure/import-sources/database/sequelize-source.ts'
import { openSupabaseSource } from '../../../src/infrastructure/import-sources/database/supabase-source.ts'
import { createOwnedDatabase, type TestDatabase } from '../../support/test-database.ts'

const owned = await createOwnedDatabase()
after(() => owned.drop())

/** The same for each test. */
async function emptyDatabase(): Promise<TestDatabase> {
  await owned.query('DROP OWNED BY CURRENT_USER')
  return owned
}

const from = ({ url }: TestDatabase) => ({ from: url, scratchUrl: url })

describe('a database to import from', () => {
  const cases: [what: string, sql: string, open: (database: TestDatabase) => Promise<unknown>, message: RegExp][] = [
    [
      'has no tables of Better Auth',
      '',
      (one) => openBetterAuthSource(from(one)),
      /not of Better Auth: there is no table user or users/,
    ],
    [
      'has accounts of something else',
      'CREATE TABLE "user" (id int, email text, "emailVerified" boolean); CREATE TABLE account (id int)',
      (one) => openBetterAuthSource(from(one)),
      /no table account or accounts with userId, providerId, password/,
    ],
    [
      'has no schema auth',
      'CREATE TABLE users (id int)',
      (one) => openSupabaseSource(from(one)),
      /no table auth\.users/,
    ],
    [
      'has no users',
      'CREATE TABLE people (id int)',
      (one) => openSequelizeSource(from(one)),
      /no table users or user: name one with --table/,
    ],
    [
      'has two tables of users',
      'CREATE TABLE users (id int, email text, password text); CREATE TABLE "Users" (id int, email text, password text)',
      (one) => openSequelizeSource(from(one)),
      /several tables of users: public\.Users, public\.users\. Name one with --table/,
    ],
    [
      'has two columns of passwords',
      'CREATE TABLE users (id int, email text, password text, password_hash text)',
      (one) => openSequelizeSource(from(one)),
      /several columns for the password, password and password_hash: name one with --password-column/,
    ],
    [
      'has none of passwords',
      'CREATE TABLE users (id int, email text, secret text)',
      (one) => openSequelizeSource(from(one)),
      /no column for the password: name one with --password-column; there are id, email, secret/,
    ],
    [
      'has no column that is named',
      'CREATE TABLE users (id int, email text, password text)',
      (one) => openSequelizeSource({ ...from(one), columns: { role: 'rank' } }),
      /no column rank: name one with --role-column/,
    ],
  ]
  for (const [what, sql, open, message] of cases) {
    it(`is refused where it ${what}`, async () => {
      const database = await emptyDatabase()
      if (sql) await database.query(sql)
      await assert.rejects(open(database), { name: 'Error', message })
    })
  }

  it('is refused where it lets nobody in, without the password', async () => {
    const wrong = (change: Partial<URL>) => Object.assign(new URL(owned.url), change).href
    const urls: [url: string, message: RegExp][] = [
      [wrong({ password: 'secret' }), /does not let us in: password authentication failed for user "test_\w+"\.$/],
      [wrong({ pathname: '/nowhere' }), /does not let us in: database "nowhere" does not exist\.$/],
      [wrong({ port: '1' }), /does not let us in: connect ECONNREFUSED 127\.0\.0\.1:1\.$/],
      [wrong({ search: 'sslmode=verify-full' }), /does not let us in: The server does not support SSL connections\.$/],
      ['postgres://user:secret@[broken', /The URL of the source is none/],
    ]
    for (const [url, message] of urls) {
      const error = await openBetterAuthSource({ from: url, scratchUrl: url }).catch((thrown: Error) => thrown)
      assert.ok(error instanceof Error)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /secret/)
      assert.ok(!error.message.includes(new URL(owned.url).password))
    }
  })

  it('is refused where rows of it would be hidden', async () => {
    await emptyDatabase()
    await owned.query('CREATE TABLE users (id int, email text, password text)')
    await owned.query('ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
    await assert.rejects(openSequelizeSource(from(owned)), /cannot be read: .*row-level security policy/)
  })

  it('is known again by where it is, whoever asks and whatever is in it', async () => {
    const database = await emptyDatabase()
    await database.query('CREATE TABLE users (id int, email text, password text, secret text)')
    const fingerprint = async (columns: object) => {
      const source = await openSequelizeSource({ ...from(database), columns })
      await source.close()
      return source.fingerprint
    }
    const first = await fingerprint({})
    await database.query(`INSERT INTO users VALUES (1, 'a@example.com', 'h')`)
    assert.equal(await fingerprint({}), first)
    assert.notEqual(await fingerprint({ password: 'secret' }), first)
  })
})
