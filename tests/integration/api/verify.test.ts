import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimsOf, loggedInAdmin, registered } from '../../support/accounts.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile({ env: { CORS_ORIGINS: 'https://app.example.com' } })
const admin = await loggedInAdmin(server)
const user = await registered(server)

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']

describe('/verify', () => {
  it('says who calls, for any method and below any path', async () => {
    for (const method of METHODS) {
      for (const path of ['/verify', '/verify/', '/verify/orders/17', '/verify/%C3%BC']) {
        const { status, headers, text } = await server.send(method, path, { token: admin.token })
        assert.equal(status, 204, `${method} ${path}`)
        assert.equal(text, '')
        assert.equal(headers.get('x-user-id'), admin.id)
        assert.equal(headers.get('x-user-email'), admin.email)
        assert.equal(headers.get('x-user-roles'), 'admin,user')
        assert.equal(headers.get('x-session-id'), claimsOf(admin.token).sid)
      }
    }
  })

  it('wants a good token, whatever the method', async () => {
    for (const method of METHODS) {
      assert.equal((await server.send(method, '/verify')).status, 401, method)
      assert.equal((await server.send(method, '/verify/x', { token: `${user.token}x` })).status, 401, method)
    }
    const none = await server.get('/verify')
    assert.equal(none.body.code, 'unauthenticated')
    assert.equal(none.headers.get('www-authenticate'), 'Bearer')
    const bad = await server.get('/verify', 'x.y.z')
    assert.equal(bad.body.code, 'invalid_token')
    assert.equal(bad.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
  })

  it('wants one of the roles where roles are given', async () => {
    const statusOf = async (query: string, token = user.token) => (await server.get(`/verify?${query}`, token)).status
    assert.equal(await statusOf('role=user'), 204)
    assert.equal(await statusOf('role=admin'), 403)
    assert.equal(await statusOf('role=admin', admin.token), 204)
    assert.equal(await statusOf('role=admin&role=user'), 204)
    assert.equal(await statusOf('role=editor&role=admin'), 403)
    assert.equal(await statusOf('role=User'), 403)
    assert.equal(await statusOf('role=admin,user'), 403)
    const refused = await server.get('/verify?role=admin', user.token)
    assert.equal(refused.body.code, 'forbidden')
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer error="insufficient_scope"')
    assert.equal(refused.headers.get('x-user-id'), null)
  })

  it('answers 200 to a gateway that takes nothing else for a yes', async () => {
    const { status, headers, text } = await server.get('/verify?status=200&role=user', user.token)
    assert.deepEqual([status, text, headers.get('content-length'), headers.get('x-user-id')], [200, '', '0', user.id])
    assert.equal((await server.get('/verify?status=200&role=admin', user.token)).status, 403)
    assert.equal((await server.get('/verify?status=200')).status, 401)
  })

  for (const query of [
    'role=',
    'rôle=admin',
    'Role=admin',
    'role[]=admin',
    'role=%ff',
    'token=x',
    'status=204',
    `role=${'x'.repeat(65)}`,
  ]) {
    it(`refuses ?${query.slice(0, 20)}, and without a token does not even look at it`, async () => {
      assert.equal((await server.get(`/verify?${query}`, user.token)).body.code, 'invalid_request')
      assert.equal((await server.get(`/verify?${query}`)).status, 401)
    })
  }

  it('is exactly this path', async () => {
    for (const path of ['/Verify', '/verifyx', '/verify.', '/%76erify', '/x/verify', '/verify;x']) {
      assert.equal((await server.get(path, user.token)).status, 404, path)
    }
  })

  it('refuses what cannot be read', async () => {
    const authorization = `Authorization: Bearer ${user.token}\n`
    for (const [first, headers] of [
      ['GET /verify HTTP/1.1', `Host: x\n${authorization}${authorization}`],
      ['GET /verify HTTP/1.1', `Host: x\nHost: y\n${authorization}`],
      ['GET /verify HTTP/1.1', authorization],
      ['GET /verify/%zz HTTP/1.1', `Host: x\n${authorization}`],
    ]) {
      const answer = await server.raw(`${first}\n${headers}Connection: close\n\n`)
      assert.match(answer, /^HTTP\/1\.1 400 .*"code":"invalid_request"/s)
    }
  })

  it('takes no token from anywhere else', async () => {
    const cookie = `token=${user.token}; Authorization=Bearer ${user.token}`
    assert.equal((await server.send('GET', '/verify', { headers: { cookie } })).status, 401)
    assert.equal((await server.send('POST', '/verify', { json: { token: user.token } })).status, 401)
    const forwarded = { 'x-forwarded-authorization': `Bearer ${user.token}`, 'x-user-id': admin.id }
    assert.equal((await server.send('GET', '/verify', { headers: forwarded })).status, 401)
  })

  it('answers whoever sends a body, and the next request on the same connection', async () => {
    const request = `POST /verify HTTP/1.1\nHost: x\nAuthorization: Bearer ${user.token}\nContent-Length: 5\n\nhello`
    const last = 'GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n'
    const answer = await server.raw(`${request}${last}`)
    assert.match(answer, /^HTTP\/1\.1 204 .*HTTP\/1\.1 200 /s)
  })

  it('lets no preflight pass without a token', async () => {
    const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'DELETE' }
    assert.equal((await server.send('OPTIONS', '/verify', { headers })).status, 401)
  })

  it('has every header of other answers', async () => {
    const own = new Set(['date', 'connection', 'keep-alive', 'x-request-id'])
    const security = (headers: Headers) =>
      [...headers].filter(([name]) => !own.has(name) && !/^(x-user|x-session|content|etag|vary|access)/.test(name))
    const other = await server.get('/userdetails', user.token)
    for (const answer of [await server.get('/verify', user.token), await server.get('/verify')]) {
      const expected = security(other.headers)
      assert.deepEqual(
        security(answer.headers).filter(([name]) => name !== 'www-authenticate'),
        expected,
      )
    }
    const csp = (headers: Headers) => headers.get('content-security-policy')
    assert.equal(csp((await server.get('/verify', user.token)).headers), csp(other.headers))
  })

  it('keeps the request id that was sent, and logs one line with it, the route and who called', async () => {
    const from = server.logLines.length
    const send = (id: string, token: string, path: string) =>
      server.send('GET', path, { token, headers: { 'x-request-id': id } })
    const answer = await send('from-the-gateway', user.token, '/verify/secret?role=user')
    assert.equal(answer.headers.get('x-request-id'), 'from-the-gateway')
    await send('refused', user.token, '/verify?role=admin')
    await send('unknown', 'x', '/verify')
    const lines = server.logLines.slice(from).map((line) => JSON.parse(line))
    assert.deepEqual(
      lines.map(({ requestId, method, route, status, userId }) => [requestId, method, route, status, userId]),
      [
        ['from-the-gateway', 'GET', '/verify', 204, user.id],
        ['refused', 'GET', '/verify', 403, user.id],
        ['unknown', 'GET', '/verify', 401, null],
      ],
    )
    assert.ok(lines.every(({ ms }) => ms >= 0))
  })

  it('writes an address that is not ASCII as UTF-8', async () => {
    const email = 'jürgen@example.com'
    const { body } = await server.post('/register', { email, password: PASSWORD })
    const { status, headers } = await server.get('/verify', body.token)
    assert.equal(status, 204)
    assert.equal(Buffer.from(headers.get('x-user-email') ?? '', 'latin1').toString(), email)
  })

  it('reads no database', async () => {
    const count = async () => {
      const [row] = await server.database.query(
        'SELECT xact_commit + xact_rollback AS n FROM pg_stat_database WHERE datname = current_database()',
      )
      return Number(row?.n)
    }
    await server.get('/verify', user.token)
    const before = await count()
    for (let round = 0; round < 300; round++) await server.get('/verify?role=user', user.token)
    assert.ok((await count()) - before < 100)
  })

  it('refuses a token that it has answered before, once its session has ended', async () => {
    const { token } = await registered(server)
    assert.equal((await server.get('/verify', token)).status, 204)
    await server.post('/logout', {}, token)
    assert.equal((await server.get('/verify', token)).body.code, 'invalid_token')
  })
})
