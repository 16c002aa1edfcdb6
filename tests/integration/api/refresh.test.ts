import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimsOf, loggedIn, registered } from '../../support/accounts.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { assertRefreshRefused, refreshed } from '../../support/sessions.ts'
import { PASSWORD, serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND

const clock = movableClock()
const server = await serverOfThisFile({ clock })

const refresh = (refreshToken: string) => server.post('/refresh', { refreshToken })
const { later } = clock

describe('POST /refresh', () => {
  it('gives a new access token and a new refresh token of the same session', async () => {
    const user = await registered(server)
    const next = await refreshed(server, user.refreshToken)
    assert.notEqual(next.refreshToken, user.refreshToken)
    assert.equal(claimsOf(next.token).sid, claimsOf(user.token).sid)
    assert.equal((await server.get('/userdetails', next.token)).status, 200)
    assert.equal((await server.get('/userdetails', user.token)).status, 200)
  })

  it('stores nothing that a token could be made of', async () => {
    const user = await registered(server)
    const { refreshToken } = await refreshed(server, user.refreshToken)
    const [row] = await server.database.query('SELECT * FROM sessions WHERE user_id = $1', [user.id])
    const stored = JSON.stringify(row, (_key, value) =>
      value?.type === 'Buffer' ? Buffer.from(value).toString('base64url') : value,
    )
    for (const token of [user.refreshToken, refreshToken]) {
      assert.ok(!stored.includes(token.slice(22, 60)))
    }
  })

  it('carries the roles of now', async () => {
    const user = await registered(server)
    await server.database.query("INSERT INTO user_roles (user_id, role) VALUES ($1, 'admin')", [user.id])
    assert.deepEqual(claimsOf((await refreshed(server, user.refreshToken)).token).roles, ['admin', 'user'])
  })

  it('gives all who race with one token the same successor', async () => {
    const { refreshToken } = await registered(server)
    let token = refreshToken
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all(Array.from({ length: 16 }, () => refresh(token)))
      assert.ok(answers.every(({ status }) => status === 200))
      const successors = new Set(answers.map(({ body }) => body.refreshToken))
      assert.equal(successors.size, 1)
      token = answers[0]?.body.refreshToken
    }
  })

  it('gives the token just replaced the same successor for ten seconds', async () => {
    const { refreshToken } = await registered(server)
    const next = await refreshed(server, refreshToken)
    await later(9 * SECOND, async () => {
      assert.equal((await refreshed(server, refreshToken)).refreshToken, next.refreshToken)
    })
    await later(11 * SECOND, async () => {
      await assertRefreshRefused(server, refreshToken)
      await assertRefreshRefused(server, next.refreshToken)
    })
  })

  it('ends the session when a token from before the last one comes back', async () => {
    const first = await registered(server)
    const second = await refreshed(server, first.refreshToken)
    const third = await refreshed(server, second.refreshToken)
    await assertRefreshRefused(server, first.refreshToken)
    await assertRefreshRefused(server, third.refreshToken)
    await assertRefreshRefused(server, second.refreshToken)
    for (const { token } of [first, second, third]) {
      assert.equal((await server.get('/userdetails', token)).status, 401)
    }
    assert.equal((await server.post('/login', { email: first.email, password: PASSWORD })).status, 200)
  })

  it('leaves other sessions of the same user alone when one is ended by reuse', async () => {
    const user = await registered(server)
    const other = await loggedIn(server, user.email)
    const second = await refreshed(server, user.refreshToken)
    await refreshed(server, second.refreshToken)
    await assertRefreshRefused(server, user.refreshToken)
    await refreshed(server, other.refreshToken)
  })

  it('can do without the grace time', async () => {
    await using strict = await startTestServer({ env: { REFRESH_GRACE_SECONDS: '0' } })
    const { refreshToken } = await registered(strict)
    const next = await strict.post('/refresh', { refreshToken })
    assert.equal((await strict.post('/refresh', { refreshToken })).status, 401)
    assert.equal((await strict.post('/refresh', { refreshToken: next.body.refreshToken })).status, 401)
  })

  it('refuses what it never gave out, and ends nothing for it', async () => {
    const { refreshToken, token } = await registered(server)
    const bytes = Buffer.from(refreshToken, 'base64url')
    const forged = (change: (bytes: Buffer) => void) => {
      const copy = Buffer.from(bytes)
      change(copy)
      return copy.toString('base64url')
    }
    const made = [
      'x',
      '😀',
      token,
      refreshToken.slice(1),
      `${refreshToken}A`,
      `${refreshToken} `,
      Buffer.alloc(66).toString('base64url'),
      forged((copy) => copy.fill(0, 16, 48)),
      forged((copy) => copy.fill(1, 0, 16)),
      forged((copy) => copy.writeUInt8(copy.readUInt8(65) ^ 1, 65)),
    ]
    for (const text of made) await assertRefreshRefused(server, text)
    await refreshed(server, refreshToken)
  })

  for (const [why, body] of [
    ['that is a number', { refreshToken: 1 }],
    ['that is empty', { refreshToken: '' }],
    ['that is a list', { refreshToken: ['x'] }],
    ['with something beside it', { refreshToken: 'x', user: 'ada' }],
  ] as const) {
    it(`refuses a token ${why}`, async () => {
      assert.equal((await server.post('/refresh', body)).status, 400)
    })
  }

  it('wants a token', async () => {
    assert.equal((await server.post('/refresh', {})).body.code, 'invalid_refresh_token')
    assert.equal((await server.send('POST', '/refresh')).body.code, 'invalid_refresh_token')
  })

  it('ends a session that was not used for 30 days', async () => {
    const { refreshToken } = await registered(server)
    let token = refreshToken
    await later(29 * DAY, async () => {
      token = (await refreshed(server, token)).refreshToken
    })
    await later((29 + 29) * DAY, async () => {
      token = (await refreshed(server, token)).refreshToken
    })
    await later((29 + 29 + 30) * DAY + SECOND, () => assertRefreshRefused(server, token))
  })

  it('ends a session after 180 days, however much it is used, and its last access token with it', async () => {
    const user = await registered(server)
    const startedAt = Number(claimsOf(user.token).iat) * SECOND
    let token = user.refreshToken
    for (let day = 20; day < 180; day += 20) {
      await later(day * DAY, async () => {
        token = (await refreshed(server, token)).refreshToken
      })
    }
    await later(180 * DAY - 300 * SECOND, async () => {
      const last = await refreshed(server, token)
      token = last.refreshToken
      assert.ok(Number(claimsOf(last.token).exp) * SECOND <= startedAt + 180 * DAY + SECOND)
    })
    await later(180 * DAY + SECOND, () => assertRefreshRefused(server, token))
  })

  it('refuses the user of a disabled or deleted account', async () => {
    const disabled = await registered(server)
    await server.database.query("UPDATE users SET status = 'disabled' WHERE id = $1", [disabled.id])
    await assertRefreshRefused(server, disabled.refreshToken)
    const deleted = await registered(server)
    await server.database.query('DELETE FROM users WHERE id = $1', [deleted.id])
    await assertRefreshRefused(server, deleted.refreshToken)
  })
})
