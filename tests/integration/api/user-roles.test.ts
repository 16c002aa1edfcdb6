import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { claimsOf, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { createdRole, longRole } from '../../support/roles.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const ROUNDS = 1000
const ACTIVE_ADMINS = "SELECT id FROM users JOIN user_roles ON user_id = id WHERE role = 'admin' AND status = 'active'"

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)

describe('/users/:id/roles', () => {
  const grant = (id: string, role: string, token = admin.token) =>
    server.send('PUT', `/users/${id}/roles/${role}`, { token })
  const take = (id: string, role: string, token = admin.token) =>
    server.send('DELETE', `/users/${id}/roles/${role}`, { token })
  const rolesOf = async (id: string) => (await server.get(`/users/${id}/roles`, admin.token)).body.roles

  it('lets an admin make an admin, and unmake it', async () => {
    const user = await registered(server)
    assert.equal((await grant(user.id, 'admin')).status, 204)
    assert.deepEqual(await rolesOf(user.id), ['admin', 'user'])
    const promoted = await loggedIn(server, user.email)
    assert.equal((await server.get('/roles', promoted.token)).status, 200)
    assert.equal((await take(user.id, 'admin')).status, 204)
    const demoted = await loggedIn(server, user.email)
    assert.equal((await server.get('/roles', demoted.token)).status, 403)
  })

  it('counts at once for a token that was issued before, both ways', async () => {
    const user = await registered(server)
    await grant(user.id, 'admin')
    assert.equal((await server.get('/roles', user.token)).status, 200)
    await take(user.id, 'admin')
    assert.equal((await server.get('/roles', user.token)).status, 403)
    assert.equal((await server.get('/userdetails', user.token)).status, 200)
  })

  it('raises the version of the tokens with each change, and only then', async () => {
    const user = await registered(server)
    const version = async () => claimsOf((await loggedIn(server, user.email)).token).ver
    assert.equal(await version(), 1)
    await grant(user.id, 'admin')
    assert.equal(await version(), 2)
    assert.equal((await grant(user.id, 'admin')).status, 204)
    assert.equal(await version(), 2)
    await take(user.id, 'admin')
    assert.equal(await version(), 3)
    assert.equal((await take(user.id, 'admin')).status, 204)
    assert.equal(await version(), 3)
  })

  it('remembers who granted', async () => {
    const user = await registered(server)
    await grant(user.id, 'admin')
    const [row] = await server.database.query(
      "SELECT granted_by FROM user_roles WHERE user_id = $1 AND role = 'admin'",
      [user.id],
    )
    assert.equal(row?.granted_by, admin.id)
    await take(user.id, 'admin')
  })

  it('answers 404 for an unknown user or role', async () => {
    const nobody = crypto.randomUUID()
    assert.equal((await server.get(`/users/${nobody}/roles`, admin.token)).status, 404)
    for (const change of [grant, take]) {
      assert.equal((await change(nobody, 'admin')).status, 404)
      assert.equal((await change(admin.id, 'emperor')).status, 404)
      assert.equal((await change(admin.id, 'Admin')).status, 404)
      assert.equal((await change('me', 'admin')).status, 400)
    }
  })

  it('keeps the last active admin', async () => {
    const refused = await take(admin.id, 'admin')
    assert.equal(refused.status, 409)
    assert.equal(refused.body.code, 'last_admin')
    assert.deepEqual(await rolesOf(admin.id), ['admin', 'user'])

    const disabled = await registered(server)
    await grant(disabled.id, 'admin')
    await server.database.query("UPDATE users SET status = 'disabled' WHERE id = $1", [disabled.id])
    assert.equal((await take(admin.id, 'admin')).status, 409)
    assert.equal((await take(disabled.id, 'admin')).status, 204)
  })

  it('keeps one admin when two take the role from each other at once, 1,000 times', async () => {
    const other = await registered(server)
    await grant(other.id, 'admin')
    await using running = new AsyncDisposableStack()
    const database = running.adopt(new pg.Client({ connectionString: server.database.url }), (client) => client.end())
    await database.connect()
    for (let round = 0; round < ROUNDS; round++) {
      const [first, second] = await Promise.all([
        take(other.id, 'admin', admin.token),
        take(admin.id, 'admin', other.token),
      ])
      // The second is too late to take, or is no administrator any more.
      assert.ok(first.status === 204 ? [403, 409].includes(second.status) : second.status === 204)
      const [left, taken] = first.status === 204 ? [admin, other] : [other, admin]
      assert.deepEqual((await database.query(ACTIVE_ADMINS)).rows, [{ id: left.id }])
      assert.equal((await grant(taken.id, 'admin', left.token)).status, 204)
    }
  })

  it('settles many grants and takings of one role at once', async () => {
    const user = await registered(server)
    const changes = Array.from({ length: 40 }, (_, index) => (index % 2 ? grant : take)(user.id, 'user'))
    for (const { status } of await Promise.all(changes)) assert.equal(status, 204)
  })

  it('takes no more roles than a token can hold, and leaves what there is as it was', async () => {
    const user = await registered(server)
    const granted: string[] = []
    for (let refused = false; !refused; ) {
      const role = await createdRole(server, admin, longRole())
      const { status, body } = await grant(user.id, role)
      refused = status !== 204
      if (refused) assert.deepEqual([status, body.code, granted.length], [409, 'too_many_roles', 15])
      else granted.push(role)
      assert.equal((await server.get(`/verify?role=${role}`, user.token)).status, refused ? 403 : 204)
    }
    assert.deepEqual(await rolesOf(user.id), [...granted, 'user'].toSorted())
    const { headers } = await server.get('/verify', user.token)
    assert.equal(headers.get('x-user-roles'), [...granted, 'user'].toSorted().join(','))
    const { token } = await loggedIn(server, user.email)
    assert.equal((await server.get(`/verify?role=${granted[0]}`, token)).status, 204)
    assert.equal(claimsOf(token).ver, granted.length + 1)
    assert.equal((await grant(user.id, granted[0] ?? '')).status, 204)
    assert.equal((await take(user.id, granted[0] ?? '')).status, 204)
    assert.equal((await grant(user.id, granted[0] ?? '')).status, 204)
  })
})
