import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, claimsOf, loggedInAdmin, registered } from '../../support/accounts.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const PUBLIC_URL = 'https://auth.example.com'

const server = await serverOfThisFile({ env: { PUBLIC_URL } })
const admin = await loggedInAdmin(server)
const user = await registered(server)

/** What only a proxy may say; here there is none, so a client says it. */
const claimed = (account: Account): Record<string, string> => ({
  Host: 'evil.example',
  Forwarded: 'for=203.0.113.9;host=evil.example;proto=http',
  Via: '1.1 evil.example',
  'X-Forwarded-For': '203.0.113.9, 127.0.0.1',
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Proto': 'http',
  'X-Forwarded-Port': '1',
  'X-Forwarded-Prefix': '/evil',
  'X-Forwarded-Server': 'evil.example',
  'X-Forwarded-Uri': '/users',
  'X-Forwarded-Method': 'DELETE',
  'X-Forwarded-User': account.email,
  'X-Real-IP': '203.0.113.9',
  'X-Client-IP': '203.0.113.9',
  'True-Client-IP': '203.0.113.9',
  'CF-Connecting-IP': '203.0.113.9',
  'X-Original-URL': '/users',
  'X-Rewrite-URL': '/users',
  'X-Original-Host': 'evil.example',
  'X-User-Id': account.id,
  'X-User-Email': account.email,
  'X-User-Roles': 'admin',
  'X-Session-Id': String(claimsOf(account.token).sid),
  'Remote-User': account.email,
})

const lines = (headers: Record<string, string>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

/** The answer to a request that makes these claims, and to the same one without them. */
async function both(method: string, path: string, { token, json }: { token?: string; json?: object } = {}) {
  const body = json === undefined ? '' : JSON.stringify(json)
  const own = lines({
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(json !== undefined && { 'Content-Type': 'application/json', 'Content-Length': String(body.length) }),
    'X-Request-Id': 'the-same',
    Connection: 'close',
  })
  const ask = async (headers: Record<string, string>) => {
    const [answer] = await answersTo(server.port, `${method} ${path} HTTP/1.1\r\n${lines(headers)}${own}\r\n${body}`)
    assert.ok(answer)
    answer.headers.delete('date')
    return answer
  }
  return { claiming: await ask(claimed(admin)), plain: await ask({ Host: 'x' }) }
}

describe('what a client claims as a proxy would', () => {
  for (const [method, path, token] of [
    ['GET', '/', undefined],
    ['GET', '/openapi.json', undefined],
    ['GET', '/.well-known/openid-configuration', undefined],
    ['GET', '/.well-known/jwks.json', undefined],
    ['GET', '/nothing', undefined],
    ['PUT', '/login', undefined],
    ['GET', '/userdetails', undefined],
    ['GET', '/userdetails', user.token],
    ['POST', '/userdetails', user.token],
    ['GET', '/users', undefined],
    ['GET', '/users', user.token],
    ['DELETE', `/users/${user.id}`, user.token],
    ['GET', '/verify', undefined],
    ['GET', '/verify', user.token],
    ['GET', '/verify?role=admin', user.token],
  ] as const) {
    it(`changes nothing about ${method} ${path} ${token ? 'of a user' : 'of nobody'}`, async () => {
      const { claiming, plain } = await both(method, path, token === undefined ? {} : { token })
      assert.deepEqual({ ...claiming, headers: [...claiming.headers] }, { ...plain, headers: [...plain.headers] })
      assert.doesNotMatch(JSON.stringify([claiming.body, ...claiming.headers]), /evil|203\.0\.113/)
    })
  }

  it('makes no issuer, audience or link', async () => {
    const { claiming } = await both('POST', '/login', { json: { email: user.email, password: PASSWORD } })
    const { iss, aud, client_id } = claimsOf(JSON.parse(claiming.body).token)
    assert.deepEqual([iss, aud, client_id], [PUBLIC_URL, PUBLIC_URL, PUBLIC_URL])
    const { body } = await server.send('GET', '/.well-known/openid-configuration', { headers: claimed(admin) })
    assert.deepEqual([body.issuer, body.jwks_uri], [PUBLIC_URL, `${PUBLIC_URL}/.well-known/jwks.json`])
    const openapi = await server.send('GET', '/openapi.json', { headers: claimed(admin) })
    assert.deepEqual(
      openapi.body.servers.map(({ url }: { url: string }) => url),
      ['/'],
    )
  })

  it('makes no address of a session or of an event', async () => {
    const { claiming } = await both('POST', '/login', { json: { email: user.email, password: PASSWORD } })
    const { token } = JSON.parse(claiming.body)
    const sessions = (await server.get('/sessions', token)).body.items
    assert.deepEqual(new Set(sessions.map(({ ip }: { ip: string }) => ip)), new Set(['127.0.0.1']))
    const rows = await server.database.query('SELECT DISTINCT ip FROM audit_events WHERE ip IS NOT NULL')
    assert.deepEqual(rows, [{ ip: '127.0.0.1' }])
  })

  it('makes no cookie less secure, and no other site our own', async () => {
    const json = { email: user.email, password: PASSWORD, cookie: true }
    const { claiming } = await both('POST', '/login', { json })
    const [set = ''] = claiming.headers.getSetCookie()
    assert.match(set, /^__Host-refresh=[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    const headers = { ...claimed(admin), cookie: set.split(';')[0] ?? '', origin: 'https://evil.example' }
    const refused = await server.send('POST', '/refresh', { json: {}, headers })
    assert.equal(refused.body.code, 'cross_site_request')
  })
})
