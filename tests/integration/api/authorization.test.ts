import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { ask } from '../../support/forge.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const user = await registered(server)

describe('who may call what', () => {
  it('leaves these routes public, and no others', () => {
    const open = server.routes.filter(({ contract }) => contract.access === 'public')
    assert.deepEqual(open.map(({ contract }) => `${contract.method} ${contract.path}`).sort(), [
      'get /',
      'get /.well-known/jwks.json',
      'get /.well-known/openid-configuration',
      'get /docs',
      'get /docs/docs.css',
      'get /docs/docs.js',
      'get /docs/icon.svg',
      'get /docs/swagger-ui-bundle.js',
      'get /docs/swagger-ui.css',
      'get /healthz',
      'get /openapi.json',
      'get /readyz',
      'post /login',
      'post /refresh',
      'post /register',
    ])
    const optional = server.routes.filter(({ contract }) => contract.access === 'optional')
    assert.deepEqual(
      optional.map(({ contract }) => contract.path),
      ['/logout'],
    )
  })

  it('wants a token, whatever else was sent', async () => {
    for (const path of ['/userdetails', `/userdetails?access_token=${user.token}`, '/moviedata?limit=none', '/roles']) {
      const answer = await server.get(path)
      assert.equal(answer.status, 401)
      assert.equal(answer.body.code, 'unauthenticated')
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
    }
    const form = {
      body: `access_token=${user.token}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }
    assert.equal((await server.send('POST', '/userdetails', form)).status, 401)
  })

  it('tells who lacks the role nothing about bodies or ids', async () => {
    for (const path of ['/users/not-an-id/roles', `/users/${user.id}/roles`]) {
      const answer = await server.get(path, user.token)
      assert.equal(answer.status, 403)
      assert.equal(answer.body.code, 'forbidden')
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer error="insufficient_scope"')
    }
    const put = await server.send('PUT', `/users/${user.id}/roles/admin`, {
      token: user.token,
      body: 'x'.repeat(99_999),
    })
    assert.equal(put.status, 403)
  })

  it('gives no role to who asks for it with their own token', async () => {
    await server.send('PUT', `/users/${user.id}/roles/admin`, { token: user.token })
    const rows = await server.database.query('SELECT role FROM user_roles WHERE user_id = $1', [user.id])
    assert.deepEqual(rows, [{ role: 'user' }])
  })
})

describe('a token counts where it stands alone behind its scheme', () => {
  let token: string
  before(async () => {
    token = (await loggedInAdmin(server)).token
  })

  const codeOf = async (path: string, authorization: string) => (await ask(server, path, authorization)).problem?.code
  const paths = ['/moviedata', '/users', '/userdetails', '/verify']

  it('in any case, and nowhere else', async () => {
    for (const path of paths) {
      for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
        assert.equal(await codeOf(path, `${scheme} ${token}`), undefined)
      }
      for (const other of [
        '',
        'Bearer',
        token,
        `Bearer\t${token}`,
        `Bearer:${token}`,
        `Bearer=${token}`,
        `"Bearer ${token}"`,
      ]) {
        assert.equal(await codeOf(path, other), 'unauthenticated', other.slice(0, 10))
      }
      for (const scheme of ['Basic', 'Token', 'JWT', 'DPoP', 'Digest', 'BearerX', 'X Bearer', 'Basic x, Bearer']) {
        assert.equal(await codeOf(path, `${scheme} ${token}`), 'unauthenticated', scheme)
      }
    }
  })

  it('in one header', async () => {
    for (const path of paths) {
      const lines = `Authorization: Bearer ${token}\r\n`
      const [answer] = await answersTo(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\n${lines}${lines}\r\n`)
      assert.equal(answer?.status, 400, path)
    }
  })

  it('and not in a query, a form, a cookie or another header', async () => {
    for (const path of paths) {
      const send = (method: string, query: string, headers: Record<string, string> = {}, body?: string) =>
        server.send(method, path + query, { headers, ...(body !== undefined && { body }) })
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      for (const answer of [
        await send('GET', `?access_token=${token}`),
        await send('GET', `?token=${token}&authorization=Bearer%20${token}`),
        await send('GET', '', { cookie: `access_token=${token}; token=${token}; __Host-refresh=${token}` }),
        await send('GET', '', {
          'x-access-token': token,
          'proxy-authorization': `Bearer ${token}`,
          'x-auth-token': token,
        }),
        ...(path === '/users' ? [] : [await send('POST', '', form, `access_token=${token}`)]),
      ]) {
        assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated'])
      }
    }
  })
})
