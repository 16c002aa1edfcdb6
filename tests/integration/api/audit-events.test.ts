import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, claimsOf, freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf } from '../../support/audit.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const NEW_PASSWORD = 'another horse, another staple'
const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const asAdmin = (method: string, path: string, json?: unknown) =>
  server.send(method, path, { token: admin.token, ...(json !== undefined && { json }) })
const as = ({ token }: Account, method: string, path: string, json?: unknown) =>
  server.send(method, path, { token, ...(json !== undefined && { json }) })
const newest = async (query: string) => (await eventsOf(server, admin.token, query))[0]

await asAdmin('POST', '/roles', { name: 'auditor' })

/** The actions that were recorded about somebody since `before`, the oldest first. */
async function actionsSince(before: readonly unknown[], query: string): Promise<string[]> {
  const events = await eventsOf(server, admin.token, query)
  return events
    .slice(0, events.length - before.length)
    .map(({ action }) => action)
    .reverse()
}

describe('the audit trail', () => {
  /** What is done to or by a user who has two sessions, the events that it must leave, and who did it. */
  const doings: [
    what: string,
    actions: string[],
    by: 'self' | 'admin' | null,
    (user: Account, other: Account) => unknown,
  ][] = [
    ['a login', ['login'], 'self', ({ email }) => loggedIn(server, email)],
    ['a wrong password', ['login_failed'], null, ({ email }) => server.post('/login', { email, password: 'wrong' })],
    ['a refresh', [], null, ({ refreshToken }) => server.post('/refresh', { refreshToken })],
    ['a logout', ['logout'], 'self', ({ token }) => server.post('/logout', {}, token)],
    ['a logout by refresh token', ['logout'], 'self', ({ refreshToken }) => server.post('/logout', { refreshToken })],
    [
      'two logouts of one session at once',
      ['logout'],
      'self',
      ({ refreshToken }) => Promise.all([1, 2].map(() => server.post('/logout', { refreshToken }))),
    ],
    [
      'the end of another session',
      ['session_ended'],
      'self',
      (user, other) => as(user, 'DELETE', `/sessions/${claimsOf(other.token).sid}`),
    ],
    ['the end of all others', ['sessions_ended'], 'self', (user) => as(user, 'DELETE', '/sessions')],
    [
      'the end of all by an administrator',
      ['sessions_ended'],
      'admin',
      ({ id }) => asAdmin('DELETE', `/users/${id}/sessions`),
    ],
    [
      'a new password',
      ['password_changed'],
      'self',
      (user) => as(user, 'PUT', '/userdetails/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
    ],
    [
      'a new password with a wrong old one',
      ['reauthentication_failed'],
      'self',
      (user) => as(user, 'PUT', '/userdetails/password', { currentPassword: 'wrong', newPassword: NEW_PASSWORD }),
    ],
    [
      'a new email',
      ['email_changed'],
      'self',
      (user) => as(user, 'PATCH', '/userdetails', { email: freshEmail(), currentPassword: PASSWORD }),
    ],
    ['a new name', [], null, (user) => as(user, 'PATCH', '/userdetails', { name: 'Ada' })],
    ['disabling', ['user_disabled'], 'admin', ({ id }) => asAdmin('PATCH', `/users/${id}`, { status: 'disabled' })],
    ['enabling who is enabled', [], null, ({ id }) => asAdmin('PATCH', `/users/${id}`, { status: 'active' })],
    ['granting a role', ['role_granted'], 'admin', ({ id }) => asAdmin('PUT', `/users/${id}/roles/auditor`)],
    ['granting a role that is there', [], null, ({ id }) => asAdmin('PUT', `/users/${id}/roles/user`)],
    ['taking a role', ['role_taken'], 'admin', ({ id }) => asAdmin('DELETE', `/users/${id}/roles/user`)],
    ['taking a role that is not there', [], null, ({ id }) => asAdmin('DELETE', `/users/${id}/roles/auditor`)],
    ['deletion by an administrator', ['user_deleted'], 'admin', ({ id }) => asAdmin('DELETE', `/users/${id}`)],
    [
      'deletion by the user',
      ['user_deleted'],
      'self',
      (user) => as(user, 'DELETE', '/userdetails', { currentPassword: PASSWORD }),
    ],
  ]
  for (const [what, actions, by, act] of doings) {
    it(`records ${actions[0] ?? 'nothing'} for ${what}, once, with who did it`, async () => {
      const user = await registered(server)
      const other = await loggedIn(server, user.email)
      const query = `subject=${user.id}`
      const before = await eventsOf(server, admin.token, query)
      await act(user, other)
      assert.deepEqual(await actionsSince(before, query), actions)
      const actors = { self: user.id, admin: admin.id }
      if (actions.length > 0) assert.equal((await newest(query))?.actor, by && actors[by])
    })
  }

  it('records a registration, and enabling after disabling', async () => {
    const user = await registered(server)
    for (const status of ['disabled', 'active']) await asAdmin('PATCH', `/users/${user.id}`, { status })
    const events = await eventsOf(server, admin.token, `subject=${user.id}`)
    assert.deepEqual(
      events.map(({ action, actor }) => [action, actor]),
      [
        ['user_enabled', admin.id],
        ['user_disabled', admin.id],
        ['registered', user.id],
      ],
    )
  })

  it('records a refresh token that comes back, once for its session', async () => {
    const user = await registered(server)
    let { refreshToken } = user
    for (let round = 0; round < 2; round++)
      refreshToken = (await server.post('/refresh', { refreshToken })).body.refreshToken
    for (let round = 0; round < 3; round++) await server.post('/refresh', { refreshToken: user.refreshToken })
    const events = await eventsOf(server, admin.token, `subject=${user.id}&action=refresh_token_reused`)
    assert.equal(events.length, 1)
    assert.equal(events[0]?.actor, null)
    assert.equal(events[0]?.details.sessionId, claimsOf(user.token).sid)
  })

  it('records the first administrator, and a rotation of keys, which nobody did who is signed in', async () => {
    const first = await newest('action=first_admin_created')
    assert.deepEqual([first?.actor, first?.subject], [null, admin.id])
    await runCli(['keys', 'rotate'], cliEnvironment(server.database))
    const [rotated, ...more] = await eventsOf(server, admin.token, 'action=signing_keys_rotated')
    assert.deepEqual([rotated?.actor, rotated?.subject, rotated?.details.cause], [null, null, 'command'])
    assert.deepEqual(more, [])
  })

  it('says why a login failed, which its caller is not told', async () => {
    const user = await registered(server)
    await asAdmin('PATCH', `/users/${user.id}`, { status: 'disabled' })
    await server.post('/login', { email: user.email, password: PASSWORD })
    assert.equal((await newest(`subject=${user.id}`))?.details.reason, 'disabled')
    const unknown = freshEmail()
    await server.post('/login', { email: unknown, password: PASSWORD })
    const event = await newest('action=login_failed')
    assert.deepEqual(event?.details, { reason: 'unknown_email', email: unknown })
    assert.equal(event?.subject, null)
  })

  it('records what happens to roles', async () => {
    const user = await registered(server)
    await asAdmin('POST', '/roles', { name: 'editor' })
    await asAdmin('POST', '/roles', { name: 'editor' })
    await asAdmin('PATCH', '/roles/editor', { description: 'Edits' })
    await asAdmin('PATCH', '/roles/editor', { description: 'Edits' })
    await asAdmin('PUT', `/users/${user.id}/roles/editor`)
    await asAdmin('DELETE', '/roles/editor')
    await asAdmin('DELETE', '/roles/editor')
    const events = (await eventsOf(server, admin.token, `actor=${admin.id}`)).filter(
      ({ details }) => details.role === 'editor',
    )
    assert.deepEqual(
      events.map(({ action, details }) => [action, details.holders]),
      [
        ['role_deleted', 1],
        ['role_granted', undefined],
        ['role_changed', undefined],
        ['role_created', undefined],
      ],
    )
  })

  it('says from where, by which browser and by which request', async () => {
    const user = await registered(server)
    const headers = { 'user-agent': `Browser/1 ${'x'.repeat(600)}`, 'x-request-id': 'asked-4711' }
    await server.send('POST', '/login', { json: { email: user.email, password: PASSWORD }, headers })
    const event = await newest(`subject=${user.id}`)
    assert.equal(event?.ip, '127.0.0.1')
    assert.equal(event?.userAgent, headers['user-agent'].slice(0, 500))
    assert.equal(event?.requestId, 'asked-4711')
    assert.ok(Math.abs(Date.parse(event?.occurredAt ?? '') - Date.now()) < 60_000)
  })

  it('holds no password, token or hash', async () => {
    const user = await registered(server)
    const secret = 'a password that nobody else has'
    await server.post('/login', { email: user.email, password: secret })
    await as(user, 'PUT', '/userdetails/password', { currentPassword: PASSWORD, newPassword: secret })
    await as(user, 'DELETE', '/userdetails', { currentPassword: secret })
    const text = JSON.stringify(await server.database.query('SELECT * FROM audit_events'))
    for (const leak of [secret, user.token, user.refreshToken, '$2b$', PASSWORD]) assert.ok(!text.includes(leak), leak)
  })

  it('has no event of what was rolled back', async () => {
    const events = async () => (await eventsOf(server, admin.token, 'action=role_taken')).length
    const before = await events()
    assert.equal((await asAdmin('DELETE', `/users/${admin.id}/roles/admin`)).body.code, 'last_admin')
    assert.equal(await events(), before)
  })

  it('is part of what it records: where it cannot be written, nothing happens', async () => {
    const user = await registered(server)
    await server.database.query(
      "ALTER TABLE audit_events ADD CONSTRAINT no_more CHECK (action <> 'role_granted') NOT VALID",
    )
    assert.equal((await asAdmin('PUT', `/users/${user.id}/roles/auditor`)).status, 500)
    await server.database.query('ALTER TABLE audit_events DROP CONSTRAINT no_more')
    assert.deepEqual((await server.get(`/users/${user.id}/roles`, admin.token)).body.roles, ['user'])
    assert.equal((await server.get('/verify?role=auditor', user.token)).status, 403)
  })

  it('has one event for each of many changes at once', async () => {
    const user = await registered(server)
    const changes = Array.from({ length: 40 }, (_, index) =>
      asAdmin(index % 2 ? 'PUT' : 'DELETE', `/users/${user.id}/roles/auditor`),
    )
    await Promise.all(changes)
    const [{ version } = { version: 0 }] = await server.database.query<{ version: number }>(
      'SELECT auth_version AS version FROM users WHERE id = $1',
      [user.id],
    )
    const events = (await eventsOf(server, admin.token, `subject=${user.id}`)).filter(
      ({ action }) => action !== 'registered',
    )
    assert.equal(events.length, version - 1)
    const granted = events.filter(({ action }) => action === 'role_granted').length
    assert.ok([0, 1].includes(granted - (events.length - granted)))
  })
})
