import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import express from 'express'
import { expressjwt } from 'express-jwt'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import jwksRsa from 'jwks-rsa'
import { type Account, kidOf, loggedIn, registered } from '../../support/accounts.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { eventually } from '../../support/server-process.ts'
import { startTestServer, type TestServer } from '../../support/test-server.ts'

describe("other people's verifiers", () => {
  interface Verifier {
    /** The `sub` of a good token; rejects for any other. */
    verify(token: string): Promise<string>
  }

  async function discovered(server: TestServer): Promise<{ issuer: string; jwks_uri: string }> {
    const { body } = await server.get('/.well-known/openid-configuration')
    assert.equal(body.jwks_uri, `${body.issuer}/.well-known/jwks.json`)
    assert.deepEqual(body.id_token_signing_alg_values_supported, ['ES256'])
    return body
  }

  async function withJose(server: TestServer): Promise<Verifier> {
    const { issuer, jwks_uri } = await discovered(server)
    const keys = createRemoteJWKSet(new URL(jwks_uri))
    const options = { issuer, audience: issuer, algorithms: ['ES256'], typ: 'at+jwt' }
    return { verify: async (token) => (await jwtVerify(token, keys, options)).payload.sub ?? '' }
  }

  async function withExpressJwt(server: TestServer): Promise<Verifier> {
    const { issuer, jwks_uri } = await discovered(server)
    const secret = jwksRsa.expressJwtSecret({ jwksUri: jwks_uri, cache: true })
    // In this environment Express writes no refusal to the console.
    const app = express().set('env', 'test')
    app.use(expressjwt({ secret, issuer, audience: issuer, algorithms: ['ES256'] }))
    app.get('/', (req, res) => void res.json((req as unknown as { auth: { sub: string } }).auth.sub))
    return { verify: (token) => askOnce(app, token) }
  }

  async function askOnce(app: express.Express, token: string): Promise<string> {
    const listener = app.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: `Bearer ${token}` } })
    listener.close()
    if (!answer.ok) throw new Error(`${answer.status}`)
    return (await answer.json()) as string
  }

  for (const [name, discover] of [
    ['jose', withJose],
    ['express-jwt with jwks-rsa', withExpressJwt],
  ] as const) {
    it(`${name} takes our tokens, before and after a rotation, and no others`, async () => {
      await using server = await startTestServer()
      const verifier = await discover(server)
      const user = await registered(server)
      assert.equal(await verifier.verify(user.token), user.id)
      await runCli(['keys', 'rotate'], cliEnvironment(server.database))
      const later = async (): Promise<Account> => loggedIn(server, user.email)
      await eventually(async () => kidOf((await later()).token) !== kidOf(user.token), 'the next key signs')
      assert.equal(await verifier.verify((await later()).token), user.id)
      assert.equal(await verifier.verify(user.token), user.id)
      await assert.rejects(verifier.verify(`${user.token.slice(0, -10)}AAAAAAAAAA`))
      await using foreign = await startTestServer()
      await assert.rejects(verifier.verify((await registered(foreign)).token))
    })
  }
})
