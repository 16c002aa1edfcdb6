import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
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

  const authorized = (authorization: string) => server.send('GET', '/userdetails', { headers: { authorization } })

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

  it('takes the scheme in any case, one space, and nothing behind the token', async () => {
    assert.equal((await authorized(`bEaReR ${user.token}`)).status, 200)
    assert.equal((await authorized(`Bearer  ${user.token}`)).body.code, 'invalid_token')
    assert.equal((await authorized(`Bearer ${user.token} x`)).body.code, 'invalid_token')
    assert.equal((await authorized(`Bearer ${user.token},`)).body.code, 'invalid_token')
    assert.equal((await authorized('Basic dXNlcjpwYXNz')).body.code, 'unauthenticated')
    assert.equal((await authorized(user.token)).body.code, 'unauthenticated')
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
