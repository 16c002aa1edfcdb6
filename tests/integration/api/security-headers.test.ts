import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createHttpServer } from '../../../src/http/http-server.ts'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const WANTED = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none';object-src 'none';sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const user = await registered(server)

interface Outcome {
  status: number
  headers: Headers
}

/** The status of each, and that it has every header and tells nothing of what it was made with. */
async function assertGuarded(status: number, { status: got, headers }: Outcome): Promise<void> {
  assert.equal(got, status)
  for (const [name, value] of Object.entries(WANTED)) assert.equal(headers.get(name), value, name)
  for (const name of ['server', 'x-powered-by', 'via', 'etag']) assert.equal(headers.get(name), null, name)
  assert.match(headers.get('x-request-id') ?? '', /^[\w-]+$/)
  const type = headers.get('content-type')
  if (type !== null) assert.match(type, /; charset=utf-8$/)
}

const { send, get, post } = server
const json = { email: user.email, password: PASSWORD }
const headers = { 'content-type': 'text/plain' }

async function only(bytes: string, port = server.port): Promise<Outcome> {
  const answers = await answersTo(port, bytes)
  assert.equal(answers.length, 1)
  return answers[0] as Outcome
}

describe('the security headers are on', () => {
  for (const [why, status, ask] of [
    ['an answer', 200, () => get('/healthz')],
    ['an answer to HEAD', 200, () => send('HEAD', '/userdetails', { token: user.token })],
    ['a new account', 201, () => post('/register', { email: 'headers@example.com', password: PASSWORD })],
    ['an answer without a body', 204, async () => post('/logout', {}, (await registered(server)).token)],
    ['/verify', 204, () => get('/verify', user.token)],
    ['/verify with a body of no length', 200, () => get('/verify?status=200', user.token)],
    ['/verify that refuses', 401, () => get('/verify')],
    ['/verify that forbids', 403, () => get('/verify?role=admin', user.token)],
    ['/verify that cannot read', 400, () => get('/verify?x', user.token)],
    ['an export', 200, () => get('/userdetails/export', user.token)],
    ['a wrong shape', 400, () => post('/login', {})],
    ['a path that cannot be read', 400, () => get('/%ff')],
    ['no token', 401, () => get('/userdetails')],
    ['a wrong password', 401, () => post('/login', { ...json, password: 'wrong' })],
    ['a missing role', 403, () => get('/users', user.token)],
    ['an unknown path', 404, () => get('/nothing')],
    ['an unknown thing', 404, () => get(`/users/${crypto.randomUUID()}`, admin.token)],
    ['another method', 405, () => send('OPTIONS', '/login')],
    ['TRACE', 405, () => only('TRACE /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')],
    ['a conflict', 409, () => post('/register', json)],
    ['a body that is too large', 413, () => send('POST', '/login', { body: 'x'.repeat(20_000) })],
    ['another media type', 415, () => send('POST', '/login', { body: 'x', headers })],
    ['what cannot be parsed', 400, () => only('HELLO\r\n\r\n')],
    ['CONNECT', 400, () => only('CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['HTTP/0.9', 400, () => only('GET /healthz\r\n\r\n')],
    ['HTTP/1.0', 200, () => only('GET /healthz HTTP/1.0\r\n\r\n')],
    ['HTTP/2', 400, () => only('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    [
      'an offer of another protocol',
      200,
      () => only('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    ],
  ] as const) {
    it(`${why}: ${status}`, async () => assertGuarded(status, await ask()))
  }

  it('an error of ours: 500', async () => {
    await server.database.query('ALTER TABLE movies RENAME TO films')
    const answer = await get('/moviedata', user.token)
    await server.database.query('ALTER TABLE films RENAME TO movies')
    await assertGuarded(500, answer)
  })

  it('answers while the server is starting: 503', async () => {
    const logged: number[] = []
    const starting = createHttpServer({ request: ({ status }) => void logged.push(status) })
    const port = await starting.listen(0, '127.0.0.1')
    try {
      await assertGuarded(503, await only('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', port))
      await assertGuarded(400, await only('HELLO\r\n\r\n', port))
      assert.deepEqual(logged, [503, 400])
    } finally {
      await starting.close({ atOnce: true })
    }
  })
})

describe('what others may keep', () => {
  for (const path of ['/.well-known/jwks.json', '/.well-known/openid-configuration', '/openapi.json']) {
    it(`is ${path}, which has every other header`, async () => {
      const { headers } = await get(path)
      assert.equal(headers.get('cache-control'), 'public, max-age=300')
      const { 'cache-control': _, ...others } = WANTED
      for (const [name, value] of Object.entries(others)) assert.equal(headers.get(name), value, name)
    })
  }
})
