import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loggedInAdmin } from '../../support/accounts.ts'
import { addCrowd } from '../../support/better-auth-crowd.ts'
import { FOREIGN_HASHES } from '../../support/foreign-hashes.ts'
import { heldUp } from '../../support/held-up.ts'
import { runImport } from '../../support/import-run.ts'
import { savingFolder } from '../../support/import-sources.ts'
import { type Newcomer, startNewcomers, tryIn } from '../../support/newcomers.ts'
import { makeBetterAuth, makeTutorial, SUPABASE } from '../../support/rival-databases.ts'
import { FIREBASE_HASH_CONFIG, firebaseExport, keycloakRealm } from '../../support/rival-documents.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const OWN_HASH = /^\$2b\$04\$/

/** Hashed by Better Auth in their NFKC form: typed like this, Gatehouse's own form of them is another. */
const PASSWORDS: Record<string, string> = {
  Grace: 'of\uFB01ce \uFF21\u00B2 horse',
  Zoe: 'zaune\u0301r ga\u0308rten 7',
}

/** More than are written at a time. */
const CROWD = 2_500
const LOOKED_AT_EVERY = 200

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const { folder, save } = savingFolder()
const rivals = await Promise.all([1, 2, 3].map(() => createTestDatabase({ empty: true })))
const [ofBetterAuth, ofSupabase, ofTutorial] = rivals as [TestDatabase, TestDatabase, TestDatabase]
after(() => Promise.all(rivals.map((rival) => rival.drop())))

const statusOf = (email: string, password: string): Promise<number> => tryIn(server, { email, password, statuses: [] })

async function hashOf(email: string): Promise<string> {
  const [row] = await server.database.query('SELECT password_hash AS hash FROM users WHERE email = $1', [email])
  return row?.['hash']
}

async function shown(email: string) {
  const { body } = await server.get(`/users?q=${email}`, admin.token)
  const { id: _id, updatedAt: _updatedAt, ...user } = body.items[0]
  return user
}

async function importAll(...args: string[]): Promise<Record<string, unknown>> {
  const { code, errors, report } = await runImport(args, server.database, join(folder, `${args[0]}.rejects`))
  assert.deepEqual([code, errors], [0, ''])
  return report ?? {}
}

describe('moving in from Better Auth while people log in', () => {
  let newcomers: Newcomer[]
  let others: Newcomer[]

  before(async () => {
    await makeBetterAuth(ofBetterAuth.url, PASSWORDS)
    const crowd = (await addCrowd(ofBetterAuth, CROWD, Object.keys(PASSWORDS))).map(
      ({ email, maker }): Newcomer => ({ email, password: PASSWORDS[maker] ?? '', statuses: [] }),
    )
    newcomers = crowd.filter((_user, index) => index % LOOKED_AT_EVERY === 0 || index === crowd.length - 1)
    others = crowd.filter((user) => !newcomers.includes(user))
  })

  it('lets in whoever has arrived, and in the end everybody, with the password from before', async () => {
    const [first, last, between] = [newcomers.at(0), newcomers.at(-1), newcomers.slice(1, -1)]
    assert.ok(first && last)
    // Somebody begins to register with the last address, and gives it up.
    const hold = `
      INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), '${last.email}', 'none:');
      DELETE FROM users WHERE email = '${last.email}'`
    const midway = async () => {
      await eventually(async () => (await tryIn(server, first)) === 200, 'the first is let in')
      assert.equal(await tryIn(server, last), 401)
    }

    await using running = new AsyncDisposableStack()
    running.use(startNewcomers(server, between))
    for (const one of [first, last]) await tryIn(server, one)
    await eventually(async () => between.every(({ statuses }) => statuses.length > 0), 'everybody has tried')
    const run = () => importAll('better-auth', ofBetterAuth.url)
    const report = await heldUp(server.database, hold, 1, run, midway)
    await running.disposeAsync()

    assert.deepEqual([report['imported'], report['withoutPassword']], [CROWD + 6, 1])
    for (const newcomer of newcomers) {
      assert.equal(newcomer.statuses[0], 401)
      assert.equal(await tryIn(server, newcomer), 200)
      // Never out again who was in, and nothing else in between.
      assert.match(newcomer.statuses.join(' '), /^(401 )+200( 200)*$/, newcomer.email)
      assert.match(await hashOf(newcomer.email), OWN_HASH)
    }
    // Whoever did not come has their hash as it was.
    assert.equal(await server.database.count(`users WHERE password_hash LIKE 'nfkc:$scrypt$%'`), others.length + 5)
  })

  it('brings along roles, bans, the time of creation and verification', async () => {
    const users = await Promise.all(['ada', 'bob', 'eve', 'mallory'].map((name) => shown(`${name}@example.com`)))
    assert.deepEqual(
      users.map(({ name, roles, status, emailVerified }) => [name, roles, status, emailVerified]),
      [
        ['Ada', ['admin', 'user'], 'active', false],
        ['Bob', ['admin', 'user'], 'active', true],
        ['Eve', ['user'], 'disabled', false],
        ['Mallory', ['user'], 'active', false],
      ],
    )
    assert.equal(users[1]?.createdAt, '2020-05-17T10:30:00.000Z')
    assert.deepEqual(await shown('crowd2499@example.com'), {
      email: 'crowd2499@example.com',
      name: 'Crowd',
      roles: ['member', 'user'],
      status: 'active',
      emailVerified: true,
      createdAt: '2021-02-03T04:05:06.000Z',
    })
  })

  it('lets nobody in with a wrong password, a ban, or none, and leaves their hash', async () => {
    const [other] = others
    assert.ok(other)
    const before = await hashOf(other.email)
    for (const password of [PASSWORD, `${other.password}.`]) assert.equal(await statusOf(other.email, password), 401)
    assert.equal(await hashOf(other.email), before)
    for (const name of ['eve', 'mallory']) assert.equal(await statusOf(`${name}@example.com`, PASSWORD), 401)
  })

  it('takes another spelling of the same password, and an administrator for one', async () => {
    assert.equal(await statusOf('grace@example.com', PASSWORDS['Grace']?.normalize('NFKC') ?? ''), 200)
    const { body } = await server.post('/login', { email: 'ada@example.com', password: PASSWORD })
    assert.equal((await server.get('/users', body.token)).status, 200)
  })
})

describe('moving in, with hashes by the real libraries, from', { concurrency: true }, () => {
  const typed = `${PASSWORD} für Zoë`
  const CREATED_AT = '2020-05-17T10:30:00.000Z'

  /** One hash by each library whose name begins like this. */
  async function hashesOf(...systems: string[]): Promise<string[]> {
    const made = Object.entries(FOREIGN_HASHES).filter(([name]) => systems.some((system) => name.startsWith(system)))
    return Promise.all(made.map(async ([, hashedBy]) => (await hashedBy(typed)).passwordHash))
  }

  const accountsOf = (system: string, hashes: readonly string[]) =>
    hashes.map((passwordHash, index) => ({ email: `${system}${index + 1}@example.com`, passwordHash }))

  async function assertMovedIn(email: string, roles: readonly string[], emailVerified: boolean): Promise<void> {
    assert.match(await hashOf(email), /^raw:\$/)
    assert.equal(await statusOf(email, `${typed}.`), 401)
    assert.equal(await statusOf(email, typed), 200)
    assert.match(await hashOf(email), OWN_HASH)
    assert.equal(await statusOf(email, typed), 200)
    const user = await shown(email)
    assert.deepEqual([user.roles, user.status, user.createdAt], [roles, 'active', CREATED_AT])
    assert.equal(user.emailVerified, emailVerified)
  }

  it('Keycloak', async () => {
    const accounts = accountsOf('keycloak', await hashesOf('Keycloak', 'Supabase Auth, argon2'))
    await importAll('keycloak', save(keycloakRealm(accounts)))
    for (const { email } of accounts) await assertMovedIn(email, ['editor', 'user'], true)
  })

  it('Firebase', async () => {
    const accounts = accountsOf('firebase', await hashesOf('Firebase'))
    await importAll('firebase', save(firebaseExport(accounts)), '--hash-config', save(FIREBASE_HASH_CONFIG))
    for (const { email } of accounts) await assertMovedIn(email, ['editor', 'user'], true)
  })

  it('Supabase', async () => {
    const [bcrypt, , argon2i] = await hashesOf('Supabase Auth')
    await ofSupabase.query(SUPABASE)
    // The others are of those who have no password there, and of nobody.
    await ofSupabase.query(
      `DELETE FROM auth.users WHERE email IS NULL OR email NOT IN ('ada@example.com', 'bob@example.com')`,
    )
    await ofSupabase.query(
      `UPDATE auth.users SET email = 'supabase-' || email, encrypted_password = CASE WHEN email LIKE 'ada@%' THEN $1 ELSE $2 END`,
      [bcrypt, argon2i],
    )
    await importAll('supabase', ofSupabase.url)
    await assertMovedIn('supabase-ada@example.com', ['editor', 'user', 'viewer'], true)
    assert.match(await hashOf('supabase-bob@example.com'), /^raw:\$argon2i\$/)
    assert.equal((await shown('supabase-bob@example.com')).status, 'disabled')
    assert.equal(await statusOf('supabase-bob@example.com', typed), 401)
  })

  it('a tutorial, in tables made by Sequelize', async () => {
    const hashes = await hashesOf('a tutorial')
    await makeTutorial(ofTutorial.url, (index) => hashes[index % hashes.length] ?? '')
    await importAll('sequelize', ofTutorial.url)
    for (const index of [1, 4]) await assertMovedIn(`user${index}@example.com`, ['moderator', 'user'], false)
    assert.deepEqual((await shown('user3@example.com')).roles, ['user'])
    assert.equal(await statusOf('user2@example.com', typed), 401)
  })
})
