import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshEmail, registered } from '../../support/accounts.ts'
import type { Answer } from '../../support/check-answer.ts'
import { fromNetwork, limitedServer, someNetwork, tally } from '../../support/limits.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const clock = movableClock()
const server = await serverOfThisFile({ env: limitedServer, clock })

interface From {
  ip: string
  cookie?: string
}

function login(email: string, { ip, cookie }: From, password = 'wrong'): Promise<Answer> {
  const headers = { ...fromNetwork(ip), ...(cookie !== undefined && { cookie }) }
  return server.send('POST', '/login', { json: { email, password }, headers })
}

/** What a browser sends back of what it was told to keep. */
const cookieOf = ({ headers }: Answer): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

const many = (times: number, work: () => Promise<Answer>) => Promise.all(Array.from({ length: times }, work))

/** An account whose points are spent, everywhere, and the device that it was registered on. */
async function lockedOut(): Promise<{ email: string; ip: string; cookie: string }> {
  const email = freshEmail()
  const cookie = cookieOf(await server.post('/register', { email, password: PASSWORD }))
  for (let network = 0; network < 11; network++) await many(10, () => login(email, { ip: `192.0.2.${network}` }))
  const ip = someNetwork()
  assert.equal((await login(email, { ip }, PASSWORD)).status, 429)
  return { email, ip, cookie }
}

describe('a device on which somebody has logged in before', () => {
  it('keeps a cookie that no script reads, no other site sends and no other host can plant', async () => {
    const { email } = await registered(server)
    const answer = await login(email, { ip: someNetwork() }, PASSWORD)
    const [cookie = '', ...more] = answer.headers.getSetCookie()
    assert.deepEqual(more, [])
    const [pair = '', ...attributes] = cookie.split('; ')
    assert.match(pair, /^__Host-device=[A-Za-z0-9_-]{72}$/)
    const kept = attributes.filter((attribute) => !attribute.startsWith('Expires='))
    assert.deepEqual(kept.toSorted(), ['HttpOnly', 'Max-Age=15552000', 'Path=/', 'SameSite=Strict', 'Secure'])
    assert.ok(!answer.text.includes(pair.split('=')[1] ?? '-'))
  })

  it('is let in whatever others have guessed, from a network that is locked out and from others', async () => {
    const { email, ip, cookie } = await lockedOut()
    assert.equal((await login(email, { ip: '192.0.2.1', cookie }, PASSWORD)).status, 200)
    assert.equal((await login(email, { ip, cookie }, PASSWORD)).status, 200)
  })

  it('is known by the cookie of a login, too', async () => {
    const { email, cookie, ip } = await lockedOut()
    const next = cookieOf(await login(email, { ip, cookie }, PASSWORD))
    assert.notEqual(next, cookie)
    assert.equal((await login(email, { ip, cookie: next }, PASSWORD)).status, 200)
  })

  it('has ten guesses of its own, however many come at once, and takes none from others', async () => {
    const email = freshEmail()
    const cookie = cookieOf(await server.post('/register', { email, password: PASSWORD }))
    const ip = someNetwork()
    assert.deepEqual(tally(await many(60, () => login(email, { ip, cookie }))), { 401: 10, 429: 50 })
    assert.equal((await login(email, { ip, cookie }, PASSWORD)).status, 429)
    assert.equal((await login(email, { ip }, PASSWORD)).status, 200)
  })

  it('gets no cookie for a wrong password, and loses none', async () => {
    const { email } = await registered(server)
    assert.deepEqual((await login(email, { ip: someNetwork() })).headers.getSetCookie(), [])
  })

  it('opens nothing with the cookie alone', async () => {
    const { cookie } = await lockedOut()
    for (const path of ['/userdetails', '/verify']) {
      assert.equal((await server.send('GET', path, { headers: { cookie } })).status, 401)
    }
    const refresh = await server.send('POST', '/refresh', { json: {}, headers: { cookie } })
    assert.equal(refresh.body.code, 'invalid_refresh_token')
  })

  describe('is not known', () => {
    async function assertUnknown(cookie: string, email: string, ip: string): Promise<void> {
      assert.equal((await login(email, { ip, cookie }, PASSWORD)).status, 429)
    }

    it('by the cookie of another account', async () => {
      const { email, ip } = await lockedOut()
      const other = cookieOf(await server.post('/register', { email: freshEmail(), password: PASSWORD }))
      await assertUnknown(other, email, ip)
    })

    it('by a cookie that was altered or made up', async () => {
      const { email, ip, cookie } = await lockedOut()
      const value = cookie.split('=')[1] ?? ''
      const altered = `${value.slice(0, 5)}${value[5] === 'A' ? 'B' : 'A'}${value.slice(6)}`
      for (const forged of [altered, `${value}A`, value.slice(1), 'A'.repeat(72), '', 'j:{"id":"x"}']) {
        await assertUnknown(`__Host-device=${forged}`, email, ip)
      }
    })

    it('by a cookie of half a year ago', async () => {
      const { email, ip, cookie } = await lockedOut()
      await clock.later(180 * DAY_MS - 5_000, async () => {
        assert.equal((await login(email, { ip, cookie }, PASSWORD)).status, 200)
      })
      await clock.later(180 * DAY_MS + 5_000, () => assertUnknown(cookie, email, ip))
    })

    it('by a cookie that is given twice: that is refused', async () => {
      const { email, ip, cookie } = await lockedOut()
      assert.equal((await login(email, { ip, cookie: `${cookie}; ${cookie}` }, PASSWORD)).status, 400)
    })
  })
})
