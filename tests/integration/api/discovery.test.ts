import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { describe, it } from 'node:test'
import jwt from 'jsonwebtoken'
import type { RouteContract } from '../../../src/http/route.ts'
import { registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()

describe('discovery', () => {
  it('says at / what this is and where the rest is', async () => {
    const { body } = await server.get('/')
    assert.equal(body.name, 'Gatehouse')
    for (const path of Object.values<string>(body.links)) assert.equal((await server.get(path)).status, 200)
  })

  it('is alive and ready', async () => {
    assert.deepEqual((await server.get('/healthz')).body, { status: 'ok' })
    assert.equal((await server.get('/readyz')).body.status, 'ready')
  })

  it('publishes the key that verifies its tokens, and nothing private', async () => {
    const { token } = await registered(server)
    const { body, headers } = await server.get('/.well-known/jwks.json')
    assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/)
    assert.equal(body.keys.length, 2)
    for (const key of body.keys)
      assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    const [jwk] = body.keys
    const verified = jwt.verify(token, createPublicKey({ key: jwk, format: 'jwk' }), { complete: true })
    assert.equal(verified.header.kid, jwk.kid)
  })

  it('keeps the private key sealed', async () => {
    const [row] = await server.database.query('SELECT sealed_private_key FROM signing_keys')
    assert.throws(() => createPublicKey({ key: row?.sealed_private_key, format: 'der', type: 'spki' }))
  })

  it('describes every route in OpenAPI 3.1, with its access and its errors', async () => {
    const { body, headers } = await server.get('/openapi.json')
    assert.match(body.openapi, /^3\.1\./)
    assert.match(headers.get('cache-control') ?? '', /^public/)
    for (const { contract } of server.routes.filter(({ contract }) => !contract.partOfPage)) {
      const method = contract.method === 'any' ? 'get' : contract.method
      const operation = body.paths[contract.path.replaceAll(/[:*](\w+)/g, '{$1}')][method]
      assert.deepEqual(operation.security, securityOf(contract))
      const cookies = (operation.parameters ?? []).filter((parameter: { in: string }) => parameter.in === 'cookie')
      assert.deepEqual(
        cookies.map((cookie: { name: string }) => cookie.name),
        contract.deviceCookie ? ['__Host-device'] : [],
      )
      for (const status of Object.keys(contract.answers)) assert.ok(operation.responses[status])
      assert.equal(
        '401' in operation.responses,
        contract.access !== 'public' || ['/login', '/refresh'].includes(contract.path),
      )
      assert.ok(operation.responses['400'].$ref)
    }
    assert.deepEqual(body.paths['/login'].post.requestBody.content['application/json'].schema.required, [
      'email',
      'password',
    ])
    assert.equal(body.components.securitySchemes.refreshCookie.name, '__Host-refresh')
  })
})

/** What is taken as a proof, each alone; `{}` where none is needed. */
function securityOf({ access, refreshCookie }: RouteContract): object[] {
  const cookie = refreshCookie ? [{ refreshCookie: [] }] : []
  if (access === 'public') return refreshCookie ? [...cookie, {}] : []
  return access === 'optional' ? [{ accessToken: [] }, ...cookie, {}] : [{ accessToken: [] }]
}
