import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import type { Answer } from '../../support/check-answer.ts'
import type { SendOptions } from '../../support/exchange.ts'
import { PASSWORD, serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const APP = 'https://app.example.com'
const OTHER = 'http://other.example.com:8080'

const server = await serverOfThisFile({ env: { CORS_ORIGINS: `${APP}, ${OTHER}` } })
const admin = await loggedInAdmin(server)
const user = await registered(server)

const corsHeadersOf = ({ headers }: { headers: Headers }) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')))

const READABLE = {
  'access-control-allow-origin': APP,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,WWW-Authenticate,Allow',
}

const asksFor = (origin: string, path = '/userdetails', base = server.url) =>
  fetch(base + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,x-other',
    },
  })

/** An answer to a page of the listed origin. */
const ask = (method: string, path: string, { headers, ...options }: SendOptions = {}): Promise<Answer> =>
  server.send(method, path, { ...options, headers: { ...headers, origin: APP } })

describe('a page of a listed origin', () => {
  it('may ask with the methods and headers of this API', async () => {
    for (const origin of [APP, OTHER]) {
      const answer = await asksFor(origin)
      assert.equal(answer.status, 204)
      assert.equal(await answer.text(), '')
      assert.deepEqual(corsHeadersOf(answer), {
        ...READABLE,
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
        'access-control-allow-headers': 'Authorization,Content-Type,X-Request-Id',
        'access-control-max-age': '600',
      })
      assert.match(answer.headers.get('vary') ?? '', /\bOrigin\b/)
      assert.ok(answer.headers.get('content-security-policy'))
    }
  })

  for (const [status, request] of [
    [200, () => ask('GET', '/userdetails', { token: user.token })],
    [201, () => ask('POST', '/roles', { token: admin.token, json: { name: 'by-a-page' } })],
    [204, () => ask('DELETE', '/sessions', { token: user.token })],
    [400, () => ask('POST', '/login', { json: {} })],
    [400, () => ask('GET', '/%ff')],
    [401, () => ask('GET', '/userdetails')],
    [401, () => ask('POST', '/login', { json: { email: user.email, password: `${PASSWORD}!` } })],
    [403, () => ask('GET', '/users', { token: user.token })],
    [404, () => ask('GET', '/nothing')],
    [405, () => ask('PUT', '/login')],
    [409, () => ask('POST', '/register', { json: { email: user.email, password: PASSWORD } })],
    [413, () => ask('POST', '/login', { body: 'x'.repeat(20_000) })],
    [415, () => ask('POST', '/login', { body: 'x', headers: { 'content-type': 'text/plain' } })],
  ] as const) {
    it(`can read a ${status}`, async () => {
      const answer = await request()
      assert.equal(answer.status, status)
      assert.deepEqual(corsHeadersOf(answer), READABLE)
    })
  }

  it('asks by OPTIONS for nothing else', async () => {
    const answer = await ask('OPTIONS', '/userdetails')
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('access-control-allow-origin'), APP)
    const unreadable = await fetch(`${server.url}/userdetails/%ff`, {
      method: 'OPTIONS',
      headers: { origin: APP, 'access-control-request-method': 'GET' },
    })
    assert.equal(unreadable.status, 400)
  })
})

describe('a page of another origin', () => {
  for (const origin of [
    ...['null', '*', '', 'https://evil.example', `${APP}.evil.example`, 'https://evil.example/app.example.com'],
    ...['https://evilapp.example.com', 'https://sub.app.example.com', 'https://example.com', 'http://app.example.com'],
    ...[
      `${APP}:443`,
      `${APP}:8443`,
      `${APP}/`,
      `${APP}.`,
      'https://app.example.com@evil.example',
      'https://appxexample.com',
    ],
    ...['https://APP.example.com', 'HTTPS://app.example.com', `${APP} ${OTHER}`, `${APP}, ${OTHER}`, `${APP},${APP}`],
    ...['http://other.example.com', 'https://other.example.com:8080', `file://${APP}`, 'app.example.com'],
  ]) {
    it(`is told nothing as ${origin}`, async () => {
      for (const path of ['/userdetails', '/healthz', '/nothing', '/%ff']) {
        const answer = await server.send('GET', path, { token: user.token, headers: { origin } })
        assert.deepEqual(corsHeadersOf(answer), {})
        assert.match(answer.headers.get('vary') ?? '', /\bOrigin\b/)
      }
      const preflight = await asksFor(origin)
      assert.equal(preflight.status, 405)
      assert.equal(preflight.headers.get('allow'), 'GET, HEAD, POST, PATCH, DELETE')
      assert.deepEqual(corsHeadersOf(preflight), {})
    })
  }

  it('is every page where none is listed', async () => {
    await using closed = await startTestServer()
    const answer = await asksFor(APP, '/userdetails', closed.url)
    assert.equal(answer.status, 405)
    assert.deepEqual(corsHeadersOf(answer), {})
    for (const path of ['/healthz', '/userdetails']) {
      const { headers } = await closed.send('GET', path, { headers: { origin: APP } })
      assert.deepEqual(corsHeadersOf({ headers }), {})
      assert.equal(headers.get('vary'), null)
    }
  })
})

describe('/verify', () => {
  it('knows no CORS: a gateway would let a preflight through', async () => {
    for (const path of ['/verify', '/verify/x']) {
      const preflight = await asksFor(APP, path)
      assert.equal(preflight.status, 401)
      assert.deepEqual(corsHeadersOf(preflight), {})
      const answer = await ask('GET', path, { token: admin.token })
      assert.equal(answer.status, 204)
      assert.deepEqual(corsHeadersOf(answer), {})
    }
  })
})
