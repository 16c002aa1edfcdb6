import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshEmail, registered } from '../../support/accounts.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile({ env: { CORS_ORIGINS: 'https://app.example.com' } })

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

  it('ends its session when another login takes its place', async () => {
    const { cookie, token } = await cookieOf()
    const { email } = await registered(server)
    const credentials = { email, password: PASSWORD }
    assert.equal((await send('/login', { cookie }, { ...credentials, password: 'wrong', cookie: true })).status, 401)
    assert.equal((await send('/login', { cookie }, credentials)).status, 200)
    assert.equal((await server.get('/userdetails', token)).status, 200)

    const next = await send('/login', { cookie }, { ...credentials, cookie: true })
    assert.equal(next.status, 200)
    assert.equal((await server.get('/userdetails', token)).body.code, 'invalid_token')
    assert.equal((await send('/refresh', { cookie })).body.code, 'invalid_refresh_token')
    assert.equal((await server.get('/userdetails', next.body.token)).status, 200)
    const page = { cookie, 'sec-fetch-site': 'cross-site' }
    assert.equal((await send('/login', page, { ...credentials, cookie: true })).body.code, 'cross_site_request')
  })

  it('comes with a registration that asks for it, and ends the session whose place it takes', async () => {
    const { cookie, token } = await cookieOf()
    const account = () => ({ email: freshEmail(), password: PASSWORD })
    const plain = await send('/register', { cookie }, account())
    assert.equal(plain.headers.get('set-cookie')?.includes('__Host-refresh'), false)
    assert.equal(typeof plain.body.refreshToken, 'string')
    assert.equal((await server.get('/userdetails', token)).status, 200)
    const page = { cookie, 'sec-fetch-site': 'cross-site' }
    assert.equal((await send('/register', page, { ...account(), cookie: true })).body.code, 'cross_site_request')

    const { status, headers, body } = await send('/register', { cookie }, { ...account(), cookie: true })
    assert.equal(status, 201)
    assert.equal('refreshToken' in body, false)
    const set = /__Host-refresh=[^;]+/.exec(headers.get('set-cookie') ?? '')?.[0] ?? ''
    assert.equal((await send('/refresh', { cookie: set })).status, 200)
    assert.equal((await server.get('/userdetails', token)).body.code, 'invalid_token')
    assert.equal((await send('/refresh', { cookie })).body.code, 'invalid_refresh_token')
  })

  it('of another session is left alone by a registration that is refused', async () => {
    const { cookie, token } = await cookieOf()
    const { email } = await registered(server)
    assert.equal((await send('/register', { cookie }, { email, password: PASSWORD, cookie: true })).status, 409)
    assert.equal((await server.get('/userdetails', token)).status, 200)
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
    for (const cookie of [
      '__Host-refresh=j:{"x":1}',
      '__Host-refresh=j:["x"]',
      '__Host-refresh=s:x.y',
      '__Host-refresh=',
      '__Host-refresh',
      '__Host-refresh=%E0%A4%A',
      '__Host-refresh=%00',
      '__host-refresh=x',
      '__Secure-refresh=x',
      'refresh=x',
      '__proto__=x',
      ';;;=;',
    ]) {
      assert.equal((await send('/refresh', { cookie })).body.code, 'invalid_refresh_token', cookie)
      assert.ok([204, 401].includes((await send('/logout', { cookie })).status), cookie)
    }
  })

  it('is found among others', async () => {
    const { cookie } = await cookieOf()
    const others = `a=1; a=2; x__Host-refresh=y; __Host-refresh2=y;${cookie};__HOST-REFRESH=y; b="__Host-refresh=y"`
    assert.equal((await send('/refresh', { cookie: others })).status, 200)
  })

  it('is refused where it is given twice, in one header or in two, and is not touched', async () => {
    const { cookie, token } = await cookieOf()
    const planted = '__Host-refresh=planted'
    const twice = [
      `${cookie}; ${planted}`,
      `${planted};${cookie}`,
      `${cookie}; ${cookie}`,
      `${cookie}; __Host-refresh =x`,
    ]
    for (const path of ['/refresh', '/logout']) {
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`
      for (const both of twice) {
        const answer = await send(path, { cookie: both })
        assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], both)
        assert.equal(answer.headers.get('set-cookie'), null)
        const [inTwoHeaders] = await answersTo(
          server.port,
          `${head}Cookie: ${both.replace(/; ?/, '\r\nCookie: ')}\r\n\r\n`,
        )
        assert.equal(inTwoHeaders?.status, 400, both)
      }
      const fromAnotherSite = await send(path, { cookie: `${cookie}; ${planted}`, 'sec-fetch-site': 'cross-site' })
      assert.equal(fromAnotherSite.body.code, 'cross_site_request')
    }
    assert.equal((await server.get('/userdetails', token)).status, 200)
    assert.equal((await send('/refresh', { cookie })).status, 200)
  })
})
