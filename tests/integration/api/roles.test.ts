import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { createdRole, longRole } from '../../support/roles.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const BUILTIN = ['admin', 'user']
const UNKNOWN = 'role_nobody_made'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)

const send = (method: string, path: string, json?: unknown, token = admin.token) =>
  server.send(method, path, { token, ...(json !== undefined && { json }) })
const create = (json: unknown) => send('POST', '/roles', json)
const describeAs = (name: string, json: unknown) => send('PATCH', `/roles/${name}`, json)
const remove = (name: string) => send('DELETE', `/roles/${name}`)
const grant = ({ id }: Account, role: string) => send('PUT', `/users/${id}/roles/${role}`)
const verify = async ({ token }: Account, role: string) => (await server.get(`/verify?role=${role}`, token)).status

const shown = async (name: string) =>
  (await server.get('/roles', admin.token)).body.items.find((role: { name: string }) => role.name === name)

async function holders(role: string): Promise<string[]> {
  const rows = await server.database.query<{ id: string }>(
    'SELECT user_id AS id FROM user_roles WHERE role = $1 ORDER BY 1',
    [role],
  )
  return rows.map(({ id }) => id)
}

describe('GET /roles', () => {
  it('lists the built-in roles', async () => {
    const { body } = await server.get('/roles', admin.token)
    assert.deepEqual(
      body.items.map(({ name, builtin }: { name: string; builtin: boolean }) => [name, builtin]),
      BUILTIN.map((name) => [name, true]),
    )
  })
})

describe('POST /roles', () => {
  it('makes a role, which can be granted', async () => {
    const { status, body } = await create({ name: 'editor', description: ' Edits. ' })
    assert.equal(status, 201)
    const { createdAt, updatedAt, ...rest } = body
    assert.deepEqual(rest, { name: 'editor', description: 'Edits.', builtin: false })
    assert.equal(createdAt, updatedAt)
    assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000)
    assert.deepEqual(await shown('editor'), body)
    const user = await registered(server)
    assert.equal(await verify(user, 'editor'), 403)
    assert.equal((await grant(user, 'editor')).status, 204)
    assert.equal(await verify(user, 'editor'), 204)
  })

  it('needs no description, and takes a name of up to 64 characters', async () => {
    for (const json of [{ name: longRole() }, { name: 'a' }, { name: 'a-b_c9', description: null }]) {
      const { status, body } = await create(json)
      assert.deepEqual([status, body.name, body.description], [201, json.name, null])
    }
    assert.equal(longRole().length, 64)
  })

  it('makes each role once', async () => {
    for (const name of [await createdRole(server, admin), ...BUILTIN]) {
      assert.equal((await create({ name, description: 'Another' })).body.code, 'role_taken')
      assert.notEqual((await shown(name)).description, 'Another')
    }
  })

  it('lets one of 20 at once make it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create({ name: 'wanted-by-many' })))
    const statuses = answers.map(({ status }) => status).toSorted()
    assert.deepEqual(statuses, [201, ...Array.from({ length: 19 }, () => 409)])
    assert.equal((await shown('wanted-by-many')).builtin, false)
  })

  for (const name of ['Editor', '', 'x'.repeat(65), '1st', '_a', '-a', 'a b', 'a,b', 'é', 'a\n', 'a/b', 7, null]) {
    it(`refuses the name ${JSON.stringify(name).slice(0, 30)}`, async () => {
      const { status, body } = await create({ name })
      assert.equal(status, 400)
      assert.equal(body.errors[0].pointer, '/name')
    })
  }

  it('refuses what it does not know, and a description that is too long', async () => {
    for (const [json, pointer] of [
      [{}, '/name'],
      [{ name: UNKNOWN, builtin: true }, '/builtin'],
      [{ name: UNKNOWN, createdAt: '2026-11-20T10:30:00.000Z' }, '/createdAt'],
      [{ name: UNKNOWN, description: 'x'.repeat(501) }, '/description'],
      [{ name: UNKNOWN, description: 7 }, '/description'],
      [{ name: UNKNOWN, description: 'a\u0000' }, '/description'],
    ] as const) {
      const { status, body } = await create(json)
      assert.deepEqual([status, body.errors[0].pointer], [400, pointer])
    }
    assert.equal(await shown(UNKNOWN), undefined)
  })
})

describe('PATCH /roles/:name', () => {
  it('sets and takes away the description', async () => {
    const name = await createdRole(server, admin)
    const before = await shown(name)
    const { status, body } = await describeAs(name, { description: ' What it is for ' })
    assert.deepEqual([status, body.description], [200, 'What it is for'])
    assert.ok(body.updatedAt > before.updatedAt)
    assert.deepEqual({ ...body, description: null, updatedAt: before.updatedAt }, before)
    assert.deepEqual(await shown(name), body)
    assert.equal((await describeAs(name, { description: null })).body.description, null)
    assert.equal((await shown(name)).description, null)
  })

  it('changes nothing where nothing is asked, or where it is so already', async () => {
    const name = await createdRole(server, admin)
    await describeAs(name, { description: 'As it is' })
    const before = await shown(name)
    for (const json of [{}, { description: 'As it is' }]) assert.deepEqual((await describeAs(name, json)).body, before)
    assert.deepEqual(await shown(name), before)
  })

  it('leaves the built-in roles alone', async () => {
    for (const name of BUILTIN) {
      const before = await shown(name)
      const { status, body } = await describeAs(name, { description: 'Mine' })
      assert.deepEqual([status, body.code], [409, 'role_builtin'])
      assert.deepEqual(await shown(name), before)
    }
  })

  it('knows no other role, and nothing else of one', async () => {
    const name = await createdRole(server, admin)
    assert.equal((await describeAs(UNKNOWN, { description: 'x' })).status, 404)
    assert.equal((await describeAs(name.toUpperCase(), { description: 'x' })).status, 404)
    assert.equal((await describeAs('x'.repeat(65), {})).status, 400)
    for (const json of [{ name: 'other' }, { builtin: true }, { description: 'x'.repeat(501) }]) {
      assert.equal((await describeAs(name, json)).status, 400)
    }
    assert.deepEqual([(await shown(name)).builtin, (await shown(name)).description], [false, null])
  })
})

describe('DELETE /roles/:name', () => {
  it('takes the role from all who have it, at once, also for tokens in use', async () => {
    const role = await createdRole(server, admin)
    const other = await createdRole(server, admin)
    const users = await Promise.all([1, 2, 3].map(() => registered(server)))
    for (const user of users) for (const each of [role, other]) await grant(user, each)
    const withRoleInToken = await Promise.all(users.map(({ email }) => loggedIn(server, email)))
    const everybody = [...users, ...withRoleInToken]
    for (const user of everybody) assert.equal(await verify(user, role), 204)

    assert.equal((await remove(role)).status, 204)
    for (const user of everybody) {
      assert.equal(await verify(user, role), 403)
      const { status, headers } = await server.get(`/verify?role=${other}`, user.token)
      assert.deepEqual([status, headers.get('x-user-roles')], [204, [other, 'user'].toSorted().join(',')])
    }
    for (const { id } of users) {
      const { roles } = (await server.get(`/users/${id}/roles`, admin.token)).body
      assert.deepEqual(roles, [other, 'user'].toSorted())
    }
    assert.equal(await shown(role), undefined)
    assert.deepEqual((await server.get(`/users?role=${role}`, admin.token)).body.items, [])
    for (const { email } of users) assert.equal(await verify(await loggedIn(server, email), role), 403)
  })

  it('brings the role back to nobody when it is made anew, until it is granted anew', async () => {
    const role = await createdRole(server, admin)
    const user = await registered(server)
    const other = await registered(server)
    for (const each of [user, other]) await grant(each, role)
    const withRoleInToken = await loggedIn(server, user.email)
    const others = await loggedIn(server, other.email)
    await remove(role)
    await createdRole(server, admin, role)
    for (const each of [user, withRoleInToken, other, others]) assert.equal(await verify(each, role), 403)
    assert.deepEqual(await holders(role), [])

    // Another change of the user is no grant.
    await grant(user, 'admin')
    for (const each of [user, withRoleInToken]) assert.equal(await verify(each, role), 403)
    await send('DELETE', `/users/${user.id}/roles/admin`)

    assert.equal((await grant(user, role)).status, 204)
    for (const each of [user, withRoleInToken]) assert.equal(await verify(each, role), 204)
    for (const each of [other, others]) assert.equal(await verify(each, role), 403)
    await remove(role)
    assert.equal(await verify(user, role), 403)
  })

  it('leaves the built-in roles, and does not find others', async () => {
    for (const name of BUILTIN) {
      const { status, body } = await remove(name)
      assert.deepEqual([status, body.code], [409, 'role_builtin'])
      assert.equal((await shown(name)).builtin, true)
    }
    assert.equal(await verify(admin, 'admin'), 204)
    const name = await createdRole(server, admin)
    assert.equal((await remove(name.toUpperCase())).status, 404)
    assert.equal((await remove(name)).status, 204)
    for (const gone of [name, UNKNOWN]) assert.equal((await remove(gone)).status, 404)
    assert.equal((await remove('x'.repeat(65))).status, 400)
  })

  it('lets one of several at once delete it', async () => {
    const role = await createdRole(server, admin)
    const answers = await Promise.all([1, 2, 3, 4].map(() => remove(role)))
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 404, 404, 404])
  })

  it('lets nobody pass who does not have the role, however grants and its deletion race', async () => {
    const users = await Promise.all([1, 2, 3, 4].map(() => registered(server)))
    const role = await createdRole(server, admin)
    for (let round = 0; round < 20; round++) {
      const [deletion, creation, ...grants] = await Promise.all([
        remove(role),
        create({ name: role }),
        ...users.map((user) => grant(user, role)),
      ])
      assert.equal(deletion.status, 204)
      assert.ok([201, 409].includes(creation.status))
      for (const { status } of grants) assert.ok([204, 404].includes(status), `${status}`)
      const present = await holders(role)
      for (const user of users) {
        assert.equal(await verify(user, role), present.includes(user.id) ? 204 : 403)
        assert.equal(await verify(await loggedIn(server, user.email), role), present.includes(user.id) ? 204 : 403)
      }
      if (creation.status === 409) await createdRole(server, admin, role)
    }
  })
})

describe('changes of roles', () => {
  it('are for administrators, who are told nothing before they are known to be', async () => {
    const user = await registered(server)
    const role = await createdRole(server, admin)
    const path = `/roles/${role}`
    for (const [method, to, json] of [
      ['POST', '/roles', { name: UNKNOWN }],
      ['POST', '/roles', { unknown: true }],
      ['PATCH', path, { description: 'Mine' }],
      ['PATCH', `/roles/${UNKNOWN}`, {}],
      ['DELETE', path, undefined],
      ['DELETE', `/roles/${UNKNOWN}`, undefined],
    ] as const) {
      assert.equal((await send(method, to, json, user.token)).body.code, 'forbidden', `${method} ${to}`)
      const unknown = await server.send(method, to, json === undefined ? {} : { json })
      assert.equal(unknown.body.code, 'unauthenticated', `${method} ${to}`)
    }
    assert.equal((await shown(role)).description, null)
    assert.equal(await shown(UNKNOWN), undefined)
  })
})
