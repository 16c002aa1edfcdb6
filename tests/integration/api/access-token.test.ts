import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { assertForged, forgeFor } from '../../support/forge.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

/** How many elements the group of P-256 has. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const clock = movableClock()
const server = await serverOfThisFile({ clock })

/** What is refused as a token stands in forged-headers, forged-claims and forged-texts. */
describe('the access token', () => {
  let token: string
  let header: Record<string, unknown>
  let claims: Record<string, unknown>
  before(async () => {
    const user = await registered(server)
    token = user.token
    ;({ header, claims } = await forgeFor(server, user))
  })

  const statusOf = async (text: string) => (await server.get('/userdetails', text)).status

  it('has the header and the claims of RFC 9068', () => {
    assert.deepEqual(header, { alg: 'ES256', typ: 'at+jwt', kid: header.kid })
    const { sub, sid, jti, iat, exp, ...rest } = claims
    for (const id of [sub, sid, jti]) assert.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/)
    assert.equal(Number(exp) - Number(iat), 900)
    const origin = `http://localhost:${server.port}`
    const email = rest.email
    assert.deepEqual(rest, { iss: origin, aud: origin, client_id: origin, roles: ['user'], email, ver: 1 })
  })

  it('ends with its time, to the second', async () => {
    const exp = Number(claims.exp) * 1000
    clock.offsetMs = exp - Date.now() - 1000
    assert.equal(await statusOf(token), 200)
    clock.offsetMs = exp - Date.now() + 50
    assert.equal(await statusOf(token), 401)
    clock.offsetMs = 0
  })

  it('is refused once its account is gone', async () => {
    const { id, token: orphaned } = await registered(server)
    await server.database.query('DELETE FROM users WHERE id = $1', [id])
    assert.equal(await statusOf(orphaned), 401)
  })
})

describe('another text of the same token', () => {
  /** Its signature with the other s, which anybody can work out and which holds as well. */
  function twinOf(text: string): string {
    const [first, second, third = ''] = text.split('.')
    const bytes = Buffer.from(third, 'base64url')
    const other = ORDER - BigInt(`0x${bytes.toString('hex', 32)}`)
    const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(other.toString(16).padStart(64, '0'), 'hex')])
    return `${first}.${second}.${twin.toString('base64url')}`
  }

  for (const [why, ended] of [
    ['the token itself', (text: string) => text],
    ['its twin', twinOf],
  ] as const) {
    it(`is refused when its session was ended by ${why}`, async () => {
      const user = await registered(server)
      const texts = [user.token, twinOf(user.token)]
      for (const path of ['/userdetails', '/moviedata', '/verify']) {
        for (const text of texts) assert.ok((await server.get(path, text)).status < 300, path)
      }
      assert.equal((await server.send('POST', '/logout', { token: ended(user.token) })).status, 204)
      for (const path of ['/userdetails', '/moviedata', '/verify']) {
        for (const text of texts) assert.equal((await server.get(path, text)).body.code, 'invalid_token', path)
      }
    })
  }

  it('is refused with its session, whoever signed it anew', async () => {
    const user = await registered(server)
    const { claims, seal } = await forgeFor(server, user)
    const another = seal({ claims: { ...claims, jti: crypto.randomUUID() } })
    assert.equal((await server.get('/verify', another)).status, 204)
    await server.send('POST', '/logout', { token: user.token })
    await assertForged(server, another)
  })
})
