import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimsOf, loggedIn, registered } from '../../support/accounts.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { assertRefreshRefused, refreshed } from '../../support/sessions.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const DAY = 24 * 60 * 60 * 1000

const clock = movableClock()
const server = await serverOfThisFile({ clock })
const { later } = clock

describe('/sessions', () => {
  it('lists the open sessions of the caller, with address and browser, the last used first', async () => {
    const user = await registered(server)
    const phone = await server.send('POST', '/login', {
      json: { email: user.email, password: PASSWORD },
      headers: { 'user-agent': 'A phone' },
    })
    await refreshed(server, user.refreshToken)
    const { body } = await server.get('/sessions', user.token)
    assert.equal(body.items.length, 2)
    const [first, second] = body.items
    assert.deepEqual(
      [first.id, first.current, second.id, second.current],
      [claimsOf(user.token).sid, true, claimsOf(phone.body.token).sid, false],
    )
    assert.equal(second.ip, '127.0.0.1')
    assert.equal(second.userAgent, 'A phone')
    assert.equal(Date.parse(second.expiresAt) - Date.parse(second.lastUsedAt), 30 * DAY)
  })

  it('ends one of them, or all but the one in use', async () => {
    const user = await registered(server)
    const others = await Promise.all([1, 2, 3].map(() => loggedIn(server, user.email)))
    const [one, ...rest] = others
    const path = `/sessions/${claimsOf(one?.token ?? '').sid}`
    assert.equal((await server.send('DELETE', path, { token: user.token })).status, 204)
    assert.equal((await server.get('/userdetails', one?.token)).status, 401)
    assert.equal((await server.send('DELETE', path, { token: user.token })).status, 404)
    assert.equal((await server.get('/userdetails', rest[0]?.token)).status, 200)

    assert.equal((await server.send('DELETE', '/sessions', { token: user.token })).status, 204)
    for (const { token, refreshToken } of rest) {
      assert.equal((await server.get('/userdetails', token)).status, 401)
      await assertRefreshRefused(server, refreshToken)
    }
    assert.equal((await server.get('/sessions', user.token)).body.items.length, 1)
    await refreshed(server, user.refreshToken)
  })

  it('ends the one in use, too', async () => {
    const user = await registered(server)
    const path = `/sessions/${claimsOf(user.token).sid}`
    assert.equal((await server.send('DELETE', path, { token: user.token })).status, 204)
    assert.equal((await server.get('/userdetails', user.token)).status, 401)
  })

  it("shows and ends nobody else's", async () => {
    const user = await registered(server)
    const other = await registered(server)
    for (const id of [claimsOf(other.token).sid, crypto.randomUUID()]) {
      assert.equal((await server.send('DELETE', `/sessions/${id}`, { token: user.token })).status, 404)
    }
    assert.equal((await server.send('DELETE', '/sessions/me', { token: user.token })).status, 400)
    await server.send('DELETE', '/sessions', { token: user.token })
    assert.equal((await server.get('/userdetails', other.token)).status, 200)
  })

  it('does not list what is over', async () => {
    const user = await registered(server)
    await later(29 * DAY, async () => {
      const { token } = await loggedIn(server, user.email)
      assert.equal((await server.get('/sessions', token)).body.items.length, 2)
    })
    await later(31 * DAY, async () => {
      const { token } = await loggedIn(server, user.email)
      assert.equal((await server.get('/sessions', token)).body.items.length, 2)
    })
  })
})
