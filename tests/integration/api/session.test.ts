import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clock } from '../../../src/services/clock.ts'
import { type Account, claimsOf, loggedIn, registered } from '../../support/accounts.ts'
import { PASSWORD, serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND

const clock: Clock & { offsetMs: number } = { offsetMs: 0, now: () => new Date(Date.now() + clock.offsetMs) }
const server = await serverOfThisFile({ clock, env: { CORS_ORIGINS: 'https://app.example.com' } })

const refresh = (refreshToken: string) => server.post('/refresh', { refreshToken })

async function refreshed(refreshToken: string): Promise<{ token: string; refreshToken: string }> {
  const { status, body } = await refresh(refreshToken)
  assert.equal(status, 200)
  return body
}

/** Runs `work` that much later. */
async function later(ms: number, work: () => Promise<void>): Promise<void> {
  clock.offsetMs += ms
  await work().finally(() => {
    clock.offsetMs -= ms
  })
}

async function assertRefused(refreshToken: string): Promise<void> {
  const { status, body } = await refresh(refreshToken)
  assert.equal(status, 401)
  assert.equal(body.code, 'invalid_refresh_token')
}

describe('POST /refresh', () => {
  it('gives a new access token and a new refresh token of the same session', async () => {
    const user = await registered(server)
    const next = await refreshed(user.refreshToken)
    assert.notEqual(next.refreshToken, user.refreshToken)
    assert.equal(claimsOf(next.token).sid, claimsOf(user.token).sid)
    assert.equal((await server.get('/userdetails', next.token)).status, 200)
    assert.equal((await server.get('/userdetails', user.token)).status, 200)
  })

  it('stores nothing that a token could be made of', async () => {
    const user = await registered(server)
    const { refreshToken } = await refreshed(user.refreshToken)
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
    assert.deepEqual(claimsOf((await refreshed(user.refreshToken)).token).roles, ['admin', 'user'])
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
    const next = await refreshed(refreshToken)
    await later(9 * SECOND, async () => {
      assert.equal((await refreshed(refreshToken)).refreshToken, next.refreshToken)
    })
    await later(11 * SECOND, async () => {
      await assertRefused(refreshToken)
      await assertRefused(next.refreshToken)
    })
  })

  it('ends the session when a token from before the last one comes back', async () => {
    const first = await registered(server)
    const second = await refreshed(first.refreshToken)
    const third = await refreshed(second.refreshToken)
    await assertRefused(first.refreshToken)
    await assertRefused(third.refreshToken)
    await assertRefused(second.refreshToken)
    for (const { token } of [first, second, third]) {
      assert.equal((await server.get('/userdetails', token)).status, 401)
    }
    assert.equal((await server.post('/login', { email: first.email, password: PASSWORD })).status, 200)
  })

  it('leaves other sessions of the same user alone when one is ended by reuse', async () => {
    const user = await registered(server)
    const other = await loggedIn(server, user.email)
    const second = await refreshed(user.refreshToken)
    await refreshed(second.refreshToken)
    await assertRefused(user.refreshToken)
    await refreshed(other.refreshToken)
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
    for (const text of made) await assertRefused(text)
    await refreshed(refreshToken)
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
      token = (await refreshed(token)).refreshToken
    })
    await later((29 + 29) * DAY, async () => {
      token = (await refreshed(token)).refreshToken
    })
    await later((29 + 29 + 30) * DAY + SECOND, () => assertRefused(token))
  })

  it('ends a session after 180 days, however much it is used, and its last access token with it', async () => {
    const user = await registered(server)
    const startedAt = Number(claimsOf(user.token).iat) * SECOND
    let token = user.refreshToken
    for (let day = 20; day < 180; day += 20) {
      await later(day * DAY, async () => {
        token = (await refreshed(token)).refreshToken
      })
    }
    await later(180 * DAY - 300 * SECOND, async () => {
      const last = await refreshed(token)
      token = last.refreshToken
      assert.ok(Number(claimsOf(last.token).exp) * SECOND <= startedAt + 180 * DAY + SECOND)
    })
    await later(180 * DAY + SECOND, () => assertRefused(token))
  })

  it('refuses the user of a disabled or deleted account', async () => {
    const disabled = await registered(server)
    await server.database.query("UPDATE users SET status = 'disabled' WHERE id = $1", [disabled.id])
    await assertRefused(disabled.refreshToken)
    const deleted = await registered(server)
    await server.database.query('DELETE FROM users WHERE id = $1', [deleted.id])
    await assertRefused(deleted.refreshToken)
  })
})

describe('the refresh token of a browser', () => {
  async function cookieOf(): Promise<{ cookie: string; token: string }> {
    const { email } = await registered(server)
    const { headers, body } = await server.post('/login', { email, password: PASSWORD, cookie: true })
    return { cookie: headers.get('set-cookie')?.split(';')[0] ?? '', token: body.token }
  }
  const send = (path: string, headers: Record<string, string>, json: unknown = {}) =>
    server.send('POST', path, { headers, json })

  it('is renewed by a cookie and never shows in the JSON', async () => {
    const { cookie } = await cookieOf()
    const answer = await send('/refresh', { cookie })
    assert.equal(answer.status, 200)
    assert.equal('refreshToken' in answer.body, false)
    const set = answer.headers.get('set-cookie') ?? ''
    assert.match(set, /^__Host-refresh=[\w-]{88}; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    assert.equal((await send('/refresh', { cookie: set.split(';')[0] ?? '' })).status, 200)
  })

  it('is taken away at logout', async () => {
    const { cookie, token } = await cookieOf()
    const answer = await send('/logout', { cookie })
    assert.equal(answer.status, 204)
    assert.match(answer.headers.get('set-cookie') ?? '', /^__Host-refresh=; Path=\/; Expires=Thu, 01 Jan 1970 .*Secure/)
    assert.equal((await send('/refresh', { cookie })).status, 401)
    assert.equal((await server.get('/userdetails', token)).status, 401)
  })

  const own = `http://localhost:${server.port}`
  for (const [from, headers, isLetIn] of [
    ['no browser', {}, true],
    ['a page of this server', { 'sec-fetch-site': 'same-origin', origin: own }, true],
    ['a page of this server, of an old browser', { origin: own }, true],
    ['a page that CORS lets in', { 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' }, true],
    ['a page that CORS lets in, of an old browser', { origin: 'https://app.example.com' }, true],
    ['the address bar', { 'sec-fetch-site': 'none' }, true],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, false],
    ['another site that hides its origin', { 'sec-fetch-site': 'cross-site', origin: 'null' }, false],
    ['another site without an origin', { 'sec-fetch-site': 'cross-site' }, false],
    ['a sibling host', { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }, false],
    ['another site, of an old browser', { origin: 'https://evil.example' }, false],
    ['a site whose name begins like ours', { origin: `${own}.evil.example` }, false],
    ['an unknown kind of site', { 'sec-fetch-site': 'same-origin, cross-site' }, false],
  ] as const) {
    it(`is ${isLetIn ? 'taken' : 'refused, and not touched,'} from ${from}`, async () => {
      const { cookie, token } = await cookieOf()
      for (const path of ['/refresh', '/logout']) {
        const answer = await send(path, { cookie, ...headers } as Record<string, string>)
        if (isLetIn) assert.ok([200, 204].includes(answer.status), `${path} ${answer.status}`)
        else assert.equal(answer.body?.code, 'cross_site_request')
      }
      if (isLetIn) return
      assert.equal((await server.get('/userdetails', token)).status, 200)
      assert.equal((await send('/refresh', { cookie })).status, 200)
    })
  }

  it('is refused from another site whatever else is wrong', async () => {
    const { cookie } = await cookieOf()
    const answer = await server.send('POST', '/refresh', {
      headers: { cookie, 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' },
      body: 'x',
    })
    assert.equal(answer.status, 403)
  })

  it('is none where the cookie is something else', async () => {
    for (const cookie of ['__Host-refresh=j:{"a":1}', '__Host-refresh=', 'refresh=x', '__Host-refresh=%E0%A4%A']) {
      assert.equal((await send('/refresh', { cookie })).body.code, 'invalid_refresh_token')
    }
  })
})

describe('POST /logout', () => {
  const logout = (options: Parameters<typeof server.send>[2]) => server.send('POST', '/logout', options)

  async function assertEnded({ token, refreshToken }: Account): Promise<void> {
    const answer = await server.get('/userdetails', token)
    assert.equal(answer.body.code, 'invalid_token')
    await assertRefused(refreshToken)
  }

  it('ends the session of the bearer token', async () => {
    const user = await registered(server)
    assert.equal((await logout({ token: user.token })).status, 204)
    await assertEnded(user)
    assert.equal((await logout({ token: user.token })).body.code, 'invalid_token')
  })

  it('ends the session of the refresh token, also of one that was replaced', async () => {
    for (const rounds of [0, 1, 2]) {
      const user = await registered(server)
      let { refreshToken } = user
      for (let round = 0; round < rounds; round++) refreshToken = (await refreshed(refreshToken)).refreshToken
      assert.equal((await logout({ json: { refreshToken: user.refreshToken } })).status, 204)
      await assertEnded({ ...user, refreshToken })
    }
  })

  it('answers 204 for a refresh token that is unknown or over', async () => {
    const { refreshToken } = await registered(server)
    for (const json of [{ refreshToken }, { refreshToken }, { refreshToken: 'unknown' }]) {
      assert.equal((await logout({ json })).status, 204)
    }
  })

  it('goes by the refresh token where the access token is over', async () => {
    const user = await registered(server)
    assert.equal((await logout({ token: 'over', json: { refreshToken: user.refreshToken } })).status, 204)
    await assertEnded(user)
  })

  it('ends both sessions where two are named', async () => {
    const one = await registered(server)
    const other = await registered(server)
    assert.equal((await logout({ token: one.token, json: { refreshToken: other.refreshToken } })).status, 204)
    await assertEnded(one)
    await assertEnded(other)
  })

  it('wants something that names a session', async () => {
    assert.equal((await logout({})).body.code, 'unauthenticated')
    assert.equal((await logout({ json: {} })).body.code, 'unauthenticated')
    assert.equal((await logout({ token: 'over' })).body.code, 'invalid_token')
  })
})

describe('/sessions', () => {
  it('lists the open sessions of the caller, with address and browser, the last used first', async () => {
    const user = await registered(server)
    const phone = await server.send('POST', '/login', {
      json: { email: user.email, password: PASSWORD },
      headers: { 'user-agent': 'A phone' },
    })
    await refreshed(user.refreshToken)
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
      await assertRefused(refreshToken)
    }
    assert.equal((await server.get('/sessions', user.token)).body.items.length, 1)
    await refreshed(user.refreshToken)
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
