import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { openBetterAuthSource } from '../../../src/infrastructure/import-sources/database/better-auth-source.ts'
import { openSequelizeSource } from '../../../src/infrastructure/import-sources/database/sequelize-source.ts'
import { openSupabaseSource } from '../../../src/infrastructure/import-sources/database/supabase-source.ts'
import { assertResumable, byEmail, readAll, usersOf } from '../../support/import-sources.ts'
import { makeBetterAuth, makeTutorial, PASSWORD, SUPABASE } from '../../support/rival-databases.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'

const [ofBetterAuth, reused] = await Promise.all([
  createTestDatabase({ empty: true }),
  createTestDatabase({ empty: true }),
])
after(async () => void (await Promise.all([ofBetterAuth, reused].map((database) => database.drop()))))

/** The same for each test. */
async function emptyDatabase(): Promise<TestDatabase> {
  await reused.query('DROP SCHEMA IF EXISTS public, auth, app CASCADE')
  await reused.query('CREATE SCHEMA public')
  return reused
}

const from = ({ url }: TestDatabase) => ({ from: url, scratchUrl: url })

describe('the users of Better Auth', () => {
  const database = ofBetterAuth
  before(() => makeBetterAuth(database.url))

  it('are those that it has made, with roles and bans', async () => {
    const users = byEmail(await usersOf(await openBetterAuthSource(from(database))))
    const shown = Object.values(users).map(({ name, roles, status, emailVerified }) => [
      name,
      roles,
      status,
      emailVerified,
    ])
    assert.deepEqual(shown, [
      ['Ada', ['admin'], 'active', false],
      ['Bob', ['admin', 'user'], 'active', true],
      ['Eve', ['user'], 'disabled', false],
      ['Mallory', ['user'], 'active', false],
    ])
    assert.equal(users['bob@example.com']?.createdAt, '2020-05-17T10:30:00.000Z')
    assert.equal(users['mallory@example.com']?.passwordHash, null)
  })

  it('have a hash that their password fits', async () => {
    const users = byEmail(await usersOf(await openBetterAuthSource(from(database))))
    const { passwordHash, passwordForm } = users['ada@example.com'] ?? {}
    const [, salt, key] = /^\$scrypt\$ln=14,r=16,p=1\$([\w+/]+)\$([\w+/]+)$/.exec(String(passwordHash)) ?? []
    const cost = { N: 2 ** 14, r: 16, p: 1, maxmem: 2 ** 26 }
    const derived = scryptSync(PASSWORD.normalize('NFKC'), Buffer.from(salt ?? '', 'base64'), 64, cost)
    assert.equal(derived.toString('base64').replace(/=+$/, ''), key)
    assert.equal(passwordForm, 'nfkc')
  })

  it('are read on behind each', async () => {
    await assertResumable(() => openBetterAuthSource(from(database)))
  })

  it('are found in plural tables with columns in snake case, without the plugins', async () => {
    const snake = await emptyDatabase()
    await snake.query(`CREATE SCHEMA app`)
    await snake.query(
      `CREATE TABLE app.users (id int PRIMARY KEY, name text, email text, email_verified timestamp, created_at timestamp)`,
    )
    await snake.query(`CREATE TABLE app.accounts (id int PRIMARY KEY, user_id int, provider_id text, password text)`)
    await snake.query(
      `INSERT INTO app.users SELECT n, '', n || '@example.com', '2020-05-17 10:30:00', NULL FROM generate_series(1, 11) n`,
    )
    await snake.query(`INSERT INTO app.accounts VALUES (1, 10, 'google', NULL), (2, 10, 'credential', '$2b$10$own')`)
    const users = (await usersOf(await openBetterAuthSource(from(snake)))).map(Object)
    assert.deepEqual(users[9], {
      email: '10@example.com',
      name: null,
      passwordHash: '$2b$10$own',
      passwordForm: 'raw',
      roles: undefined,
      status: 'active',
      emailVerified: '2020-05-17T10:30:00.000Z',
      createdAt: undefined,
    })
    await assertResumable(() => openBetterAuthSource(from(snake)))
  })
})

describe('the users of Supabase', () => {
  it('are those of auth.users, without who has no password there and never had one', async () => {
    const database = await emptyDatabase()
    await database.query(SUPABASE)
    const records = await readAll(await openSupabaseSource(from(database)))
    const usual = { emailVerified: false, createdAt: '2020-05-17T10:30:00.000Z' }
    assert.deepEqual(
      records.map(({ user, problem }) => problem ?? user),
      [
        {
          ...{ email: 'ada@example.com', name: 'Ada \\ "L"', passwordHash: '$2a$10$ada', roles: ['editor', 'viewer'] },
          ...{ ...usual, status: 'active', emailVerified: '2020-05-18T08:30:00.123Z' },
        },
        {
          email: 'bob@example.com',
          name: 'Bob',
          passwordHash: '$argon2id$bob',
          roles: ['editor'],
          ...usual,
          status: 'disabled',
        },
        { email: 'eve@example.com', name: null, passwordHash: null, roles: undefined, ...usual, status: 'active' },
        'It logs in by SSO: another service has its password.',
        'It is deleted.',
        'It is an anonymous account.',
      ],
    )
    assert.deepEqual(records[3]?.user, { email: 'sso@example.com' })
    await assertResumable(() => openSupabaseSource(from(database)))
  })
})

describe('the users of a tutorial', () => {
  it('are those of its table, with the roles of the tables beside', async () => {
    const database = await emptyDatabase()
    await makeTutorial(database.url)
    const users = (await usersOf(await openSequelizeSource(from(database)))).map(Object)
    const [first, second, third] = users
    assert.deepEqual(first, {
      email: 'user1@example.com',
      name: 'user1',
      passwordHash: '$2a$08$1',
      roles: ['moderator', 'user'],
      status: 'active',
      emailVerified: undefined,
      createdAt: '2020-05-17T10:30:00.000Z',
    })
    assert.deepEqual([second.status, third.roles, users.length], ['disabled', [], 12])
    await assertResumable(() => openSequelizeSource(from(database)))
  })

  const tables: [columns: string, values: string, user: object][] = [
    [
      '"userId" uuid PRIMARY KEY, "Email" text, password_hash text, first_name text, "lastName" text, role text, disabled int',
      `'00000000-0000-4000-8000-000000000001', 'a@example.com', '$2y$10$a', 'Ada', 'Lovelace', 'admin, user', 1`,
      { name: 'Ada Lovelace', passwordHash: '$2y$10$a', roles: ['admin', 'user'], status: 'disabled' },
    ],
    [
      'id text PRIMARY KEY, email text, hash text, roles text[], status text, is_verified boolean, is_admin boolean',
      `'x', 'a@example.com', '', '{editor,viewer}', 'Suspended', true, true`,
      { name: null, passwordHash: null, roles: ['editor', 'viewer', 'admin'], status: 'disabled', emailVerified: true },
    ],
    [
      'id bigint PRIMARY KEY, email text, "encryptedPassword" text, roles json, status text, created timestamptz',
      `1, 'a@example.com', 'h', '["editor"]', 'pending', '2020-05-17 10:30:00+05:30'`,
      { passwordHash: 'h', roles: ['editor'], status: 'pending', createdAt: '2020-05-17T05:00:00.000Z' },
    ],
  ]
  for (const [columns, values, expected] of tables) {
    it(`are found in a table with ${columns}`, async () => {
      const database = await emptyDatabase()
      await database.query(`CREATE TABLE "Users" (${columns})`)
      await database.query(`INSERT INTO "Users" VALUES (${values})`)
      const [user] = await usersOf(await openSequelizeSource(from(database)))
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(Object(user)[name], value, name)
    })
  }

  it('are found where they are named', async () => {
    const database = await emptyDatabase()
    await database.query('CREATE TABLE members (no int, login text, secret text, state text, roles text)')
    await database.query(`INSERT INTO members VALUES (7, 'a@example.com', 'h', 'blocked', 'editor')`)
    const columns = { id: 'no', email: 'login', password: 'secret', status: 'state' }
    const [user] = await usersOf(await openSequelizeSource({ ...from(database), table: 'public.members', columns }))
    const { email, passwordHash, status, roles } = Object(user)
    assert.deepEqual([email, passwordHash, status, roles], ['a@example.com', 'h', 'disabled', ['editor']])
  })
})
