import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()

const statusOf = async (path: string, token: string) => (await server.get(path, token)).status
const canRefresh = async ({ refreshToken }: Account) => (await server.post('/refresh', { refreshToken })).status === 200

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
