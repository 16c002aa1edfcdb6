import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, claimsOf, freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { createdRole } from '../../support/roles.ts'
import { refreshed } from '../../support/sessions.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const BROWSER = "The administrator's browser"
const REQUEST = 'a-request-of-the-administrator'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const role = await createdRole(server, admin)

const download = ({ token }: Account) => server.get('/userdetails/export', token)
const asAdmin = (method: string, path: string, json?: unknown) =>
  server.send(method, path, {
    token: admin.token,
    headers: { 'user-agent': BROWSER, 'x-request-id': REQUEST },
    ...(json !== undefined && { json }),
  })

interface ShownEvent {
  id: string
  occurredAt: string
  action: string
  ip: string | null
  userAgent: string | null
  requestId: string | null
  details: Record<string, unknown>
  byMe: boolean
  aboutMe: boolean
}

const actionsOf = ({ body }: { body: { events: ShownEvent[] } }) => body.events.map(({ action }) => action)

describe('GET /userdetails/export', () => {
  it('gives everything that is kept about the caller, as a file', async () => {
    const user = await registered(server)
    const phone = await loggedIn(server, user.email)
    await server.post('/logout', {}, phone.token)
    await asAdmin('PUT', `/users/${user.id}/roles/${role}`)
    await server.post('/login', { email: user.email, password: 'wrong' })
    await server.send('PATCH', '/userdetails', { token: user.token, json: { name: 'Ada Lovelace' } })

    const { status, headers, body } = await download(user)
    assert.equal(status, 200)
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="?[a-z-]+\.json"?$/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(Object.keys(body).toSorted(), ['events', 'exportedAt', 'roles', 'sessions', 'user'])
    assert.ok(Math.abs(Date.parse(body.exportedAt) - Date.now()) < 60_000)
    assert.deepEqual(body.user, (await server.get('/userdetails', user.token)).body.user)

    assert.deepEqual(
      body.roles.map((grant: { role: string }) => grant.role),
      [role, 'user'],
    )
    for (const { grantedAt } of body.roles) assert.ok(Math.abs(Date.parse(grantedAt) - Date.now()) < 60_000)

    const sessions: { id: string; ip: string; endedAt: string | null }[] = body.sessions
    const known = [phone, user].map(({ token }) => claimsOf(token).sid)
    assert.deepEqual(
      sessions.map(({ id, ip }) => [id, ip]),
      known.map((id) => [id, '127.0.0.1']),
    )
    assert.deepEqual(
      sessions.map(({ endedAt }) => endedAt === null),
      [false, true],
    )

    assert.deepEqual(actionsOf({ body }), ['registered', 'login', 'logout', 'role_granted', 'login_failed'])
    const failed: ShownEvent = body.events.at(-1)
    assert.deepEqual([failed.ip, failed.byMe, failed.aboutMe], ['127.0.0.1', false, true])
  })

  it('holds no hash and no token', async () => {
    const user = await registered(server)
    const { token, refreshToken } = await refreshed(server, user.refreshToken)
    const { text } = await server.get('/userdetails/export', token)
    for (const secret of [token, user.token, refreshToken, user.refreshToken, PASSWORD]) {
      assert.ok(!text.includes(secret))
      assert.ok(!text.includes(secret.split('.').at(-1) ?? ''))
    }
    const [row] = await server.database.query<{ kept: string; hashes: Buffer[] }>(
      `SELECT password_hash AS kept, ARRAY[refresh_hash, previous_refresh_hash] AS hashes
       FROM users JOIN sessions ON user_id = users.id WHERE users.id = $1`,
      [user.id],
    )
    assert.equal(row?.hashes.length, 2)
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      for (const hash of row.hashes) assert.ok(!text.includes(hash.toString(encoding)))
    }
    assert.ok(!text.includes(row.kept))
    assert.doesNotMatch(text, /\$2[aby]\$|hash|seal/i)
  })

  it('tells what an administrator did to the account, not who it was or where from', async () => {
    const user = await registered(server)
    const path = `/users/${user.id}`
    await asAdmin('PUT', `${path}/roles/${role}`)
    await asAdmin('DELETE', `${path}/roles/${role}`)
    await asAdmin('DELETE', `${path}/sessions`)
    await asAdmin('PATCH', path, { status: 'disabled' })
    await asAdmin('PATCH', path, { status: 'active' })
    const answer = await download(await loggedIn(server, user.email))

    const done: ShownEvent[] = answer.body.events.slice(1, -1)
    const actions = ['role_granted', 'role_taken', 'sessions_ended', 'user_disabled', 'user_enabled']
    assert.deepEqual(
      done.map(({ action }) => action),
      actions,
    )
    for (const { ip, userAgent, requestId, byMe, aboutMe } of done) {
      assert.deepEqual([ip, userAgent, requestId, byMe, aboutMe], [null, null, null, false, true])
    }
    for (const foreign of [admin.id, admin.email, BROWSER, REQUEST, claimsOf(admin.token).sid]) {
      assert.ok(!answer.text.includes(String(foreign)), String(foreign))
    }
  })

  it('shows nothing of others: not to a user, and not to the administrator who acted on them', async () => {
    const users = (await Promise.all([1, 2].map(() => registered(server)))) as [Account, Account]
    const [first, second] = users
    for (const { id } of users) {
      await asAdmin('PUT', `/users/${id}/roles/admin`)
      await asAdmin('PATCH', `/users/${id}`, { status: 'active' })
    }
    // One acts on the other, who also tries to take the first one's address.
    await server.send('PUT', `/users/${second.id}/roles/${role}`, { token: first.token })
    await server.send('DELETE', `/users/${second.id}/sessions`, { token: first.token })
    const back = await loggedIn(server, second.email)
    const wanted = { email: first.email, currentPassword: PASSWORD }
    assert.equal((await server.send('PATCH', '/userdetails', { token: back.token, json: wanted })).status, 409)
    await server.post('/login', { email: freshEmail(), password: PASSWORD })

    const exports = await Promise.all([first, back, admin].map(download))
    for (const [index, { text }] of exports.entries()) {
      for (const other of [first, second, admin].toSpliced(index, 1)) {
        for (const foreign of [other.id, other.email, claimsOf(other.token).sid]) {
          assert.ok(!text.includes(String(foreign)), `${index}: ${foreign}`)
        }
      }
    }
    const byFirst: ShownEvent[] = exports[0]?.body.events.filter(({ aboutMe }: ShownEvent) => !aboutMe)
    assert.deepEqual(
      byFirst.map(({ action, byMe, ip }) => [action, byMe, ip]),
      [
        ['role_granted', true, '127.0.0.1'],
        ['sessions_ended', true, '127.0.0.1'],
      ],
    )
  })

  it('holds every event once, the oldest first, however many there are', async () => {
    const user = await registered(server)
    // Many at the same instant, as far as the trail can tell.
    await server.database.query(
      `INSERT INTO audit_events (id, occurred_at, action, subject_id)
       SELECT gen_random_uuid(), date_trunc('second', now()) + n / 700 * interval '1 ms', 'login_failed', $1
       FROM generate_series(1, 1600) AS n`,
      [user.id],
    )
    const { events } = (await download(user)).body as { events: ShownEvent[] }
    assert.equal(events.length, 1601)
    assert.equal(new Set(events.map(({ id }) => id)).size, 1601)
    const times = events.map(({ occurredAt }) => occurredAt)
    assert.deepEqual(times, times.toSorted())
  })

  it('is for whoever is signed in', async () => {
    const user = await registered(server)
    assert.equal((await server.get('/userdetails/export')).body.code, 'unauthenticated')
    assert.equal((await server.get(`/userdetails/export?id=${user.id}`, admin.token)).status, 400)
    await server.post('/logout', {}, user.token)
    assert.equal((await download(user)).body.code, 'invalid_token')
  })
})
