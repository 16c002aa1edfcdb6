import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimsOf, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)

describe('roles', () => {
  const grant = (id: string, role: string, token = admin.token) =>
    server.send('PUT', `/users/${id}/roles/${role}`, { token })
  const take = (id: string, role: string, token = admin.token) =>
    server.send('DELETE', `/users/${id}/roles/${role}`, { token })
  const rolesOf = async (id: string) => (await server.get(`/users/${id}/roles`, admin.token)).body.roles

  it('lists the built-in roles', async () => {
    const { body } = await server.get('/roles', admin.token)
    assert.deepEqual(
      body.items.map(({ name, builtin }: { name: string; builtin: boolean }) => [name, builtin]),
      [
        ['admin', true],
        ['user', true],
      ],
    )
  })

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

  it('keeps one admin when two take the role from each other at once', async () => {
    const other = await registered(server)
    await grant(other.id, 'admin')
    for (let round = 0; round < 20; round++) {
      const [first, second] = await Promise.all([
        take(other.id, 'admin', admin.token),
        take(admin.id, 'admin', other.token),
      ])
      // The second is too late to take, or is no administrator any more.
      assert.ok(first.status === 204 ? [403, 409].includes(second.status) : second.status === 204)
      const [left, taken] = first.status === 204 ? [admin, other] : [other, admin]
      assert.equal((await grant(taken.id, 'admin', left.token)).status, 204)
    }
  })

  it('settles many grants and takings of one role at once', async () => {
    const user = await registered(server)
    const changes = Array.from({ length: 40 }, (_, index) => (index % 2 ? grant : take)(user.id, 'user'))
    for (const { status } of await Promise.all(changes)) assert.equal(status, 204)
  })
})
