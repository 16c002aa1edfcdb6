import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Account, freshEmail, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf } from '../../support/audit.ts'
import type { Answer } from '../../support/check-answer.ts'
import { fromNetwork, limitedServer, someNetwork, tally } from '../../support/limits.ts'
import { PASSWORD, serverOfThisFile, startTestServer, type TestServer } from '../../support/test-server.ts'

const server = await serverOfThisFile({ env: limitedServer })
const admin = await loggedInAdmin(server)

/** One login from a network; wrong where no password is given. */
function login(email: string, ip: string, password = 'wrong', on: TestServer = server): Promise<Answer> {
  return on.send('POST', '/login', { json: { email, password }, headers: fromNetwork(ip) })
}

const atOnce = (times: number, work: () => Promise<Answer>) => Promise.all(Array.from({ length: times }, work))

async function inTurn(times: number, work: (turn: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let turn = 0; turn < times; turn++) answers.push(await work(turn))
  return answers
}

describe('guessing a password', () => {
  it('ends after ten wrong ones of one account from one network', async () => {
    const { id, email } = await registered(server)
    const ip = someNetwork()
    const answers = await inTurn(14, () => login(email, ip))
    assert.deepEqual(tally(answers), { 401: 10, 429: 4 })
    const refused = answers.at(-1)
    assert.equal(refused?.body.code, 'rate_limited')
    const seconds = Number(refused?.headers.get('retry-after'))
    assert.ok(seconds > 880 && seconds <= 900, `${seconds}`)
    assert.equal(refused?.headers.get('ratelimit'), `"login-account-network";r=0;t=${seconds}`)
    assert.equal(refused?.headers.get('ratelimit-policy'), '"login-account-network";q=10;w=900')

    assert.equal((await eventsOf(server, admin.token, `subject=${id}&action=login_failed`)).length, 10)
    const reached = await eventsOf(server, admin.token, `subject=${id}&action=limit_reached`)
    assert.deepEqual(
      reached.map(({ ip: from, details }) => ({ from, details })),
      [{ from: ip, details: { limit: 'login-account-network' } }],
    )
  })

  it('ends after ten however many come at once', async () => {
    for (let round = 0; round < 5; round++) {
      const { email } = await registered(server)
      const ip = someNetwork()
      assert.deepEqual(tally(await atOnce(200, () => login(email, ip))), { 401: 10, 429: 190 })
    }
  })

  it('ends after ten on all nodes together', async () => {
    await using second = await startTestServer({ env: limitedServer, database: server.database })
    const { email } = await registered(server)
    const ip = someNetwork()
    const nodes = [server, second]
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, turn) => login(email, ip, 'wrong', nodes[turn % 2])),
    )
    assert.deepEqual(tally(answers), { 401: 10, 429: 50 })
  })

  it('shuts the right password out too, from there and from nowhere else', async () => {
    const { email } = await registered(server)
    const ip = someNetwork()
    await inTurn(10, () => login(email, ip))
    assert.equal((await login(email, ip, PASSWORD)).status, 429)
    assert.equal((await login(email, someNetwork(), PASSWORD)).status, 200)
  })

  it('leaves other accounts of the same network alone', async () => {
    const [attacked, other] = [await registered(server), await registered(server)]
    const ip = someNetwork()
    await inTurn(11, () => login(attacked.email, ip))
    assert.equal((await login(other.email, ip, PASSWORD)).status, 200)
  })

  it('counts the spellings of one address together', async () => {
    const { email } = await registered(server)
    const ip = someNetwork()
    const spellings = [email, email.toUpperCase(), ` ${email} `]
    const answers = await inTurn(12, (turn) => login(spellings[turn % spellings.length] ?? '', ip))
    assert.deepEqual(tally(answers), { 401: 10, 429: 2 })
  })

  it('ends after a hundred of one account from many networks', async () => {
    const { email } = await registered(server)
    const answers = await inTurn(105, (turn) => login(email, `203.0.113.${Math.floor(turn / 10)}`))
    assert.deepEqual(tally(answers), { 401: 100, 429: 5 })
    assert.match(answers.at(-1)?.headers.get('ratelimit-policy') ?? '', /^"login-account";q=100;w=900$/)
  })

  it('ends after three hundred of one network at many accounts', async () => {
    const ip = someNetwork()
    const answers = await inTurn(303, (turn) => login(`spray-${turn}@example.com`, ip))
    assert.deepEqual(tally(answers), { 401: 300, 429: 3 })
    assert.match(answers.at(-1)?.headers.get('ratelimit-policy') ?? '', /^"login-network";q=300;w=900$/)
  })

  it('tells nobody whether there is such an account', async () => {
    const { email } = await registered(server)
    const [known, unknown] = await Promise.all(
      [email, freshEmail()].map((address) => {
        const ip = someNetwork()
        return inTurn(12, () => login(address, ip))
      }),
    )
    const shown = (answers: Answer[] = []) =>
      answers.map(({ status, headers, body }) => {
        const { requestId, ...rest } = body
        const named = [...headers.keys()].filter((name) => !['date', 'x-request-id'].includes(name))
        return { status, rest, named, policy: headers.get('ratelimit-policy') }
      })
    assert.deepEqual(shown(known), shown(unknown))
  })

  it('tells nobody that the right password is that of a disabled account', async () => {
    const { id, email } = await registered(server)
    await server.send('PATCH', `/users/${id}`, { json: { status: 'disabled' }, token: admin.token })
    const ip = someNetwork()
    assert.deepEqual(tally(await inTurn(12, () => login(email, ip, PASSWORD))), { 401: 10, 429: 2 })
  })

  it('may go on when the window is over', async () => {
    const { email } = await registered(server)
    const ip = someNetwork()
    await inTurn(11, () => login(email, ip))
    await server.database.query('UPDATE rate_limits SET expire = 0')
    // A refusal is remembered for a second.
    await wait(1_100)
    assert.deepEqual(tally(await inTurn(11, () => login(email, ip))), { 401: 10, 429: 1 })
  })
})

describe('a right password', () => {
  it('costs nothing, however often and however many at once', async () => {
    const { email } = await registered(server)
    const ip = someNetwork()
    assert.deepEqual(tally(await inTurn(15, () => login(email, ip, PASSWORD))), { 200: 15 })
    assert.deepEqual(tally(await atOnce(40, () => login(email, ip, PASSWORD))), { 200: 40 })
  })

  it('is taken behind some wrong ones, many at once, and does not take these back', async () => {
    for (let round = 0; round < 10; round++) {
      const { email } = await registered(server)
      const ip = someNetwork()
      await inTurn(9, () => login(email, ip))
      assert.deepEqual(tally(await atOnce(30, () => login(email, ip, PASSWORD))), { 200: 30 })
      assert.deepEqual(tally(await atOnce(30, () => login(email, ip))), { 401: 1, 429: 29 })
    }
  })
})

describe('a network', () => {
  const spent = async (user: Account, ip: string) => (await login(user.email, ip)).status === 429

  it('is an IPv4 address, however it is written, and the /64 of an IPv6 address', async () => {
    const user = await registered(server)
    await inTurn(10, () => login(user.email, '198.51.100.7'))
    assert.ok(await spent(user, '198.51.100.7'))
    assert.ok(await spent(user, '::ffff:198.51.100.7'))
    assert.ok(!(await spent(user, '198.51.100.8')))

    await inTurn(10, (turn) => login(user.email, `2001:db8:0:1::${turn}`))
    assert.ok(await spent(user, '2001:db8:0:1:ffff:ffff:ffff:ffff'))
    assert.ok(!(await spent(user, '2001:db8:0:2::1')))
  })

  it('is the one of the socket where no proxy is trusted', async () => {
    const { TRUST_PROXY, ...env } = limitedServer
    await using direct = await startTestServer({ env })
    const email = freshEmail()
    const answers = await inTurn(12, (turn) => login(email, `192.0.2.${turn}`, 'wrong', direct))
    assert.deepEqual(tally(answers), { 401: 10, 429: 2 })
  })

  it('is the last one that no trusted proxy has, whatever stands before it', async () => {
    const { email } = await registered(server)
    const ip = someNetwork()
    const answers = await inTurn(12, (turn) => login(email, `192.0.2.${turn}, ${ip}, 127.0.0.1`))
    assert.deepEqual(tally(answers), { 401: 10, 429: 2 })
  })
})
