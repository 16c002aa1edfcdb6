import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { type Account, claimsOf, freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventually } from '../../support/server-process.ts'
import { refreshed } from '../../support/sessions.ts'
import { ADMIN, PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const NEW_PASSWORD = 'another horse, another staple'
const server = await serverOfThisFile()

const statusOf = async (path: string, token: string) => (await server.get(path, token)).status
/** An address in full-width letters, which NFKC makes into ordinary ones. */
const wide = (email: string) =>
  email.replaceAll(/[a-z0-9]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
const canRefresh = async ({ refreshToken }: Account) => (await server.post('/refresh', { refreshToken })).status === 200

describe('PATCH /userdetails', () => {
  const change = (token: string, json: unknown) => server.send('PATCH', '/userdetails', { token, json })
  const details = async ({ token }: Account) => (await server.get('/userdetails', token)).body.user
  const canLogin = async (email: string) => (await server.post('/login', { email, password: PASSWORD })).status === 200

  async function assertRefused(token: string, json: unknown, pointer: string): Promise<void> {
    const { status, body } = await change(token, json)
    assert.deepEqual([status, body.code], [400, 'invalid_request'])
    assert.deepEqual(
      body.errors.map((error: { pointer: string }) => error.pointer),
      [pointer],
    )
  }

  it('sets the name, trimmed, and takes it away', async () => {
    const user = await registered(server)
    const before = await details(user)
    const { status, body } = await change(user.token, { name: '  Zoë Ångström '.normalize('NFD') })
    assert.deepEqual([status, body.user.name], [200, 'Zoë Ångström'.normalize('NFC')])
    assert.ok(body.user.updatedAt > before.updatedAt)
    assert.deepEqual(await details(user), body.user)
    assert.deepEqual({ ...body.user, name: null, updatedAt: before.updatedAt }, before)
    assert.equal((await change(user.token, { name: null })).body.user.name, null)
    assert.equal((await details(user)).name, null)
  })

  it('changes nothing where nothing is asked, or the same email in another spelling', async () => {
    const user = await registered(server)
    const before = await details(user)
    for (const json of [
      {},
      { email: user.email },
      { email: ` ${user.email.toUpperCase()} ` },
      { email: wide(user.email) },
    ]) {
      const { status, body } = await change(user.token, json)
      assert.equal(status, 200)
      assert.deepEqual(body.user, before)
    }
    assert.equal(claimsOf((await loggedIn(server, user.email)).token).ver, 1)
  })

  it('puts a new email, normalised, in the place of the old one for logins and for services, at once', async () => {
    const user = await registered(server)
    const other = await loggedIn(server, user.email)
    const email = freshEmail()
    const { status, body } = await change(user.token, {
      email: ` ${email.toUpperCase()} `,
      currentPassword: PASSWORD,
    })
    assert.deepEqual([status, body.user.email], [200, email])
    for (const { token } of [user, other]) {
      const { status, headers } = await server.get('/verify', token)
      assert.deepEqual([status, headers.get('x-user-email'), headers.get('x-user-id')], [204, email, user.id])
    }
    assert.equal(await canLogin(user.email), false)
    assert.equal(claimsOf((await loggedIn(server, email)).token).email, email)
    const next = await refreshed(server, other.refreshToken)
    assert.equal(claimsOf(next.token).email, email)
    // Whoever comes next may have the address that is free now.
    assert.equal((await server.post('/register', { email: user.email, password: PASSWORD })).status, 201)
    assert.equal((await server.get('/verify', user.token)).headers.get('x-user-email'), email)
  })

  it('wants the present password for a new email, and changes nothing without it', async () => {
    const user = await registered(server)
    const before = await details(user)
    const wanted = { email: freshEmail(), name: 'Somebody' }
    for (const proof of [{}, { currentPassword: 'wrong' }, { currentPassword: `${PASSWORD} ` }]) {
      await assertRefused(user.token, { ...wanted, ...proof }, '/currentPassword')
    }
    assert.deepEqual(await details(user), before)
    assert.equal(await canLogin(wanted.email), false)
    assert.equal((await server.get('/verify', user.token)).headers.get('x-user-email'), user.email)
    await loggedIn(server, user.email)
  })

  it('shows whether the address was verified, which a new one is not', async () => {
    const user = await registered(server)
    await server.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id])
    assert.equal((await details(user)).emailVerified, true)
    await change(user.token, { email: freshEmail(), currentPassword: PASSWORD })
    assert.equal((await details(user)).emailVerified, false)
  })

  it('takes no email from another account, and changes nothing then', async () => {
    const user = await registered(server)
    const other = await registered(server)
    const before = await details(user)
    for (const email of [other.email, other.email.toUpperCase(), wide(other.email)]) {
      const { status, body } = await change(user.token, { email, name: 'Somebody', currentPassword: PASSWORD })
      assert.deepEqual([status, body.code], [409, 'email_taken'])
    }
    assert.deepEqual(await details(user), before)
    assert.equal((await loggedIn(server, other.email)).id, other.id)
    assert.equal((await server.get('/verify', user.token)).headers.get('x-user-email'), user.email)
  })

  it('gives an address that two want at once to one of them', async () => {
    const users = await Promise.all([1, 2].map(() => registered(server)))
    for (let round = 0; round < 10; round++) {
      const email = freshEmail()
      const answers = await Promise.all(users.map(({ token }) => change(token, { email, currentPassword: PASSWORD })))
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409])
      const winner = users[answers.findIndex(({ status }) => status === 200)]
      assert.equal((await loggedIn(server, email)).id, winner?.id)
    }
  })

  it('refuses a new email when the password is changed between its check and the change', async () => {
    const user = await registered(server)
    await using running = new AsyncDisposableStack()
    const transaction = running.adopt(new pg.Client({ connectionString: server.database.url }), (client) =>
      client.end(),
    )
    await transaction.connect()
    await transaction.query('BEGIN')
    await transaction.query("UPDATE users SET password_hash = 'another' WHERE id = $1", [user.id])
    const answer = change(user.token, { email: freshEmail(), currentPassword: PASSWORD })
    await eventually(async () => {
      const waiting = await server.database.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      )
      return waiting.length > 0
    }, 'the change waits')
    await transaction.query('COMMIT')
    const { status, body } = await answer
    assert.deepEqual([status, body.errors[0].pointer], [400, '/currentPassword'])
    assert.equal((await details(user)).email, user.email)
  })

  it('changes nothing else', async () => {
    const user = await registered(server)
    const before = await details(user)
    for (const [json, pointer] of [
      [{ roles: ['admin'] }, '/roles'],
      [{ status: 'disabled' }, '/status'],
      [{ id: crypto.randomUUID() }, '/id'],
      [{ authVersion: 9 }, '/authVersion'],
      [{ passwordHash: 'x' }, '/passwordHash'],
      [{ newPassword: NEW_PASSWORD }, '/newPassword'],
      [{ name: ' ' }, '/name'],
      [{ name: 'x'.repeat(201) }, '/name'],
      [{ email: null }, '/email'],
      [{ email: 'x', currentPassword: PASSWORD }, '/email'],
    ] as const) {
      await assertRefused(user.token, json, pointer)
    }
    assert.deepEqual(await details(user), before)
  })

  it('is for whoever is signed in, and not for an account that is gone', async () => {
    const user = await registered(server)
    const json = { name: 'Somebody' }
    assert.equal((await server.send('PATCH', '/userdetails', { json })).body.code, 'unauthenticated')
    await server.send('DELETE', '/userdetails', { token: user.token, json: { currentPassword: PASSWORD } })
    assert.equal((await change(user.token, json)).body.code, 'invalid_token')
  })
})

describe('PUT /userdetails/password', () => {
  const change = (token: string, json: unknown) => server.send('PUT', '/userdetails/password', { token, json })

  it('lets in with the new password only, ends every other session, and keeps the one in use', async () => {
    const user = await registered(server)
    const other = await loggedIn(server, user.email)
    const answer = await change(user.token, { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
    assert.equal(answer.status, 204)
    assert.equal(await statusOf('/userdetails', other.token), 401)
    assert.equal(await canRefresh(other), false)
    assert.equal(await statusOf('/userdetails', user.token), 200)
    assert.equal(await canRefresh(user), true)
    assert.equal((await server.post('/login', { email: user.email, password: PASSWORD })).status, 401)
    await loggedIn(server, user.email, NEW_PASSWORD)
  })

  it('wants the present password, and a strong new one', async () => {
    const user = await registered(server)
    const pointerOf = async (json: unknown) => {
      const { status, body } = await change(user.token, json)
      assert.equal(status, 400)
      return body.errors.map(({ pointer }: { pointer: string }) => pointer)
    }
    assert.deepEqual(await pointerOf({ currentPassword: 'wrong', newPassword: NEW_PASSWORD }), ['/currentPassword'])
    assert.deepEqual(await pointerOf({ currentPassword: PASSWORD, newPassword: 'password1' }), ['/newPassword'])
    assert.deepEqual(await pointerOf({ currentPassword: PASSWORD, newPassword: user.email }), ['/newPassword'])
    assert.deepEqual(await pointerOf({ currentPassword: PASSWORD }), ['/newPassword'])
    await loggedIn(server, user.email)
  })

  it('lets one of two changes at once win', async () => {
    const user = await registered(server)
    const passwords = [1, 2, 3, 4].map((number) => `${NEW_PASSWORD} ${number}`)
    const answers = await Promise.all(
      passwords.map((newPassword) => change(user.token, { currentPassword: PASSWORD, newPassword })),
    )
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 400, 400, 400])
    await loggedIn(server, user.email, passwords[answers.findIndex(({ status }) => status === 204)])
  })
})

describe('DELETE /userdetails', () => {
  const remove = (token: string, json: unknown) => server.send('DELETE', '/userdetails', { token, json })

  it('leaves nothing of the account', async () => {
    const user = await registered(server)
    const other = await loggedIn(server, user.email)
    assert.equal((await remove(user.token, { currentPassword: PASSWORD })).status, 204)
    for (const account of [user, other]) {
      assert.equal(await statusOf('/moviedata', account.token), 401)
      assert.equal(await statusOf('/verify', account.token), 401)
      assert.equal(await canRefresh(account), false)
    }
    for (const table of ['sessions', 'user_roles']) {
      assert.deepEqual(await server.database.query(`SELECT 1 FROM ${table} WHERE user_id = $1`, [user.id]), [])
    }
    assert.equal((await server.post('/login', { email: user.email, password: PASSWORD })).status, 401)
    assert.equal((await server.post('/register', { email: user.email, password: PASSWORD })).status, 201)
  })

  it('wants the password', async () => {
    const user = await registered(server)
    assert.equal((await remove(user.token, { currentPassword: 'wrong' })).body.errors[0].pointer, '/currentPassword')
    assert.equal((await remove(user.token, {})).status, 400)
    assert.equal(await statusOf('/userdetails', user.token), 200)
  })

  it('keeps the last administrator', async () => {
    const admin = await loggedInAdmin(server)
    const refused = await remove(admin.token, { currentPassword: ADMIN.password })
    assert.equal(refused.body.code, 'last_admin')
    assert.equal(await statusOf('/roles', admin.token), 200)
  })
})
