import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { ADMIN, PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const NEW_PASSWORD = 'another horse, another staple'
const server = await serverOfThisFile()

const statusOf = async (path: string, token: string) => (await server.get(path, token)).status
const canRefresh = async ({ refreshToken }: Account) => (await server.post('/refresh', { refreshToken })).status === 200

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

describe('/users/:id', async () => {
  const admin = await loggedInAdmin(server)
  const send = (method: string, path: string, json?: unknown, token = admin.token) =>
    server.send(method, `/users/${path}`, { token, ...(json !== undefined && { json }) })

  it('shows and renames an account', async () => {
    const user = await registered(server)
    assert.equal((await send('GET', user.id)).body.user.email, user.email)
    assert.equal((await send('PATCH', user.id, { name: ' Ada ' })).body.user.name, 'Ada')
    assert.equal((await send('PATCH', user.id, { name: null })).body.user.name, null)
    assert.equal((await send('PATCH', user.id, {})).status, 200)
    assert.equal(await statusOf('/userdetails', user.token), 200)
  })

  it('ends every session by disabling, and brings none back by enabling', async () => {
    const user = await registered(server)
    assert.equal((await send('PATCH', user.id, { status: 'disabled' })).body.user.status, 'disabled')
    const assertOut = async () => {
      assert.equal(await statusOf('/verify', user.token), 401)
      assert.equal(await canRefresh(user), false)
    }
    await assertOut()
    assert.equal((await server.post('/login', { email: user.email, password: PASSWORD })).status, 401)
    assert.equal((await send('PATCH', user.id, { status: 'active' })).body.user.status, 'active')
    await assertOut()
    await loggedIn(server, user.email)
  })

  it('lists and ends the sessions of a user', async () => {
    const user = await registered(server)
    await loggedIn(server, user.email)
    assert.equal((await send('GET', `${user.id}/sessions`)).body.items.length, 2)
    assert.equal((await send('DELETE', `${user.id}/sessions`)).status, 204)
    assert.equal((await send('GET', `${user.id}/sessions`)).body.items.length, 0)
    assert.equal(await statusOf('/verify', user.token), 401)
    assert.equal(await canRefresh(user), false)
  })

  it('deletes an account', async () => {
    const user = await registered(server)
    assert.equal((await send('DELETE', user.id)).status, 204)
    assert.equal(await statusOf('/verify', user.token), 401)
    assert.equal((await send('GET', user.id)).status, 404)
  })

  it('keeps an active administrator', async () => {
    assert.equal((await send('PATCH', admin.id, { status: 'disabled' })).body.code, 'last_admin')
    assert.equal((await send('DELETE', admin.id)).body.code, 'last_admin')
    assert.equal(await statusOf('/roles', admin.token), 200)
  })

  it('keeps one administrator when two disable each other at once', async () => {
    const other = await registered(server)
    await send('PUT', `${other.id}/roles/admin`)
    const disabled = { status: 'disabled' }
    const [first, second] = await Promise.all([
      send('PATCH', other.id, disabled, admin.token),
      send('PATCH', admin.id, disabled, other.token),
    ])
    assert.ok([first, second].filter(({ status }) => status === 200).length === 1)
    const rows = await server.database.query(
      "SELECT 1 FROM users JOIN user_roles ON user_id = id WHERE role = 'admin' AND status = 'active'",
    )
    assert.equal(rows.length, 1)
    await server.database.query("UPDATE users SET status = 'active' WHERE id = $1", [admin.id])
  })

  it('is for administrators, and knows nobody else', async () => {
    const user = await registered(server)
    const back = await loggedInAdmin(server)
    const as = (token: string, method: string, path: string, json?: unknown) => send(method, path, json, token)
    for (const [method, path, json] of [
      ['GET', ''],
      ['PATCH', '', { status: 'disabled' }],
      ['DELETE', ''],
      ['GET', '/sessions'],
      ['DELETE', '/sessions'],
    ] as const) {
      assert.equal((await as(user.token, method, user.id + path, json)).status, 403, `${method} ${path}`)
      assert.equal((await as(back.token, method, crypto.randomUUID() + path, json)).status, 404, `${method} ${path}`)
      assert.equal((await as(back.token, method, `me${path}`, json)).status, 400, `${method} ${path}`)
    }
    for (const json of [{ status: 'deleted' }, { email: 'x@example.com' }, { roles: ['admin'] }, { authVersion: 9 }]) {
      assert.equal((await as(back.token, 'PATCH', user.id, json)).status, 400)
    }
  })
})
