import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { before, describe, it } from 'node:test'
import jwt from 'jsonwebtoken'
import { claimsOf, registered } from '../../support/accounts.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { storedKeys } from '../../support/stored-keys.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const segment = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const clock = movableClock()
const server = await serverOfThisFile({ clock })

describe('the access token', () => {
  let token: string
  let header: { alg: string; typ: string; kid: string }
  let claims: Record<string, unknown>
  let ours: KeyObject

  before(async () => {
    token = (await registered(server)).token
    header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
    claims = claimsOf(token)
    const signing = (await storedKeys(server.database)).find(({ state }) => state === 'current')
    assert.ok(signing)
    ours = signing.privateKey
  })

  const statusOf = async (forged: string) => (await server.get('/userdetails', forged)).status
  const signed = (payload: object, key = ours, head: object = header) =>
    jwt.sign(payload, key, { header: head as jwt.JwtHeader, noTimestamp: !('iat' in payload) })

  it('has the header and the claims of RFC 9068', () => {
    assert.deepEqual(header, { alg: 'ES256', typ: 'at+jwt', kid: header.kid })
    const { sub, sid, jti, iat, exp, ...rest } = claims
    for (const id of [sub, sid, jti]) assert.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)
    assert.equal(Number(exp) - Number(iat), 900)
    const origin = `http://localhost:${server.port}`
    const email = rest.email
    assert.deepEqual(rest, { iss: origin, aud: origin, client_id: origin, roles: ['user'], email, ver: 1 })
  })

  it('is accepted as it was issued, and signed anew from the same claims', async () => {
    assert.equal(await statusOf(token), 200)
    assert.equal(await statusOf(signed(claims)), 200)
  })

  it('ends with its time, to the second', async () => {
    const exp = Number(claims.exp) * 1000
    clock.offsetMs = exp - Date.now() - 1000
    assert.equal(await statusOf(token), 200)
    clock.offsetMs = exp - Date.now() + 50
    assert.equal(await statusOf(token), 401)
    clock.offsetMs = 0
  })

  const refused: Record<string, () => string> = {
    'an empty text': () => '',
    'no dots': () => 'abc',
    'two segments': () => token.split('.').slice(0, 2).join('.'),
    'four segments': () => `${token}.x`,
    'a character outside base64url': () => `${token.slice(0, -1)}=`,
    'more than 4 kB': () => signed({ ...claims, padding: 'x'.repeat(5000) }),
    'a changed signature': () => `${token.slice(0, -10)}AAAAAAAAAA`,
    'spare bits in the signature': () => token.slice(0, -1) + { A: 'B', Q: 'R', g: 'h', w: 'x' }[token.slice(-1)],
    'a payload of somebody else': () => replacePayload({ ...claims, sub: crypto.randomUUID() }),
    'a role added': () => replacePayload({ ...claims, roles: ['user', 'admin'] }),
    'alg none': () => `${segment({ ...header, alg: 'none' })}.${token.split('.')[1]}.`,
    'alg none with a signature': () => `${segment({ ...header, alg: 'none' })}.${token.split('.').slice(1).join('.')}`,
    'HS256 with our public key as its secret': () => hmacToken(),
    'a key of somebody else': () => signed(claims, foreignKey()),
    'an unknown kid': () => signed(claims, ours, { ...header, kid: 'other' }),
    'no kid': () => signed(claims, ours, { alg: 'ES256', typ: 'at+jwt' }),
    'typ JWT': () => signed(claims, ours, { ...header, typ: 'JWT' }),
    crit: () => signed(claims, ours, { ...header, crit: ['b64'] }),
    'a jwk in the header': () => signed(claims, foreignKey(), { ...header, jwk: { kty: 'EC' } }),
    'a jku in the header': () => signed(claims, ours, { ...header, jku: 'http://127.0.0.1/jwks' }),
    'another issuer': () => signed({ ...claims, iss: 'https://other.example' }),
    'another audience': () => signed({ ...claims, aud: 'https://other.example' }),
    'an issue in the future': () => signed({ ...claims, iat: Number(claims.iat) + 60 }),
    'nbf in the future': () => signed({ ...claims, nbf: Number(claims.iat) + 60 }),
    'an exp that is text': () => replacePayload({ ...claims, exp: '9999999999' }),
    'a sub that is no id': () => signed({ ...claims, sub: 'admin' }),
    'roles that are text': () => signed({ ...claims, roles: 'admin' }),
    'a payload that is a list': () => `${segment(header)}.${segment('[1]')}.${token.split('.')[2]}`,
    'a payload that is no JSON': () => `${segment(header)}.${segment('hello')}.${token.split('.')[2]}`,
  }
  for (const claim of ['exp', 'iat', 'iss', 'aud', 'sub', 'sid', 'jti', 'client_id', 'roles', 'email', 'ver']) {
    refused[`no ${claim}`] = () => signed(Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim)))
  }

  for (const [why, forge] of Object.entries(refused)) {
    it(`is refused with ${why}`, async () => {
      const answer = await server.send('GET', '/userdetails', { headers: { authorization: `Bearer ${forge()}` } })
      assert.equal(answer.status, 401)
      // Without anything behind the scheme there is no token.
      if (forge() === '') return
      assert.equal(answer.body.code, 'invalid_token')
      assert.equal(answer.body.detail, 'The token is not valid, or not any more.')
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
    })
  }

  it('is refused once its account is gone', async () => {
    const { id, token: orphaned } = await registered(server)
    await server.database.query('DELETE FROM users WHERE id = $1', [id])
    assert.equal(await statusOf(orphaned), 401)
  })

  function replacePayload(payload: object): string {
    return [token.split('.')[0], segment(payload), token.split('.')[2]].join('.')
  }

  function hmacToken(): string {
    const secret = createPublicKey(ours).export({ format: 'pem', type: 'spki' })
    const signing = `${segment({ ...header, alg: 'HS256' })}.${token.split('.')[1]}`
    return `${signing}.${createHmac('sha256', secret).update(signing).digest('base64url')}`
  }
})

const foreignKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
