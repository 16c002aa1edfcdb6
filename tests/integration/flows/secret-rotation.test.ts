import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshEmail, loggedIn } from '../../support/accounts.ts'
import { fromNetwork, limitedServer } from '../../support/limits.ts'
import { failingServer } from '../../support/server-process.ts'
import { storedKeys } from '../../support/stored-keys.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { PASSWORD, startTestServer, type TestServer } from '../../support/test-server.ts'

const OLD = 'the secret that everything was sealed with until today'
const NEW = 'the secret that everything is sealed with from now on'

/** In the order of a rotation: what each node is given. */
const all = { PUBLIC_URL: 'http://gatehouse.test' }
const before = { ...all, APP_SECRET: OLD }
const announced = { ...before, APP_SECRET_PREVIOUS: NEW }
const changed = { ...all, APP_SECRET: NEW, APP_SECRET_PREVIOUS: OLD }
const over = { ...all, APP_SECRET: NEW }

/** A database that a server with the old secret has made, and somebody who has registered there. */
async function usedDatabase() {
  const database = await createTestDatabase({ empty: true })
  await using server = await startTestServer({ database, env: before })
  const email = freshEmail()
  const { body, headers } = await server.post('/register', { email, password: PASSWORD })
  const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const account = { email, token: String(body.token), refreshToken: String(body.refreshToken) }
  return { database, account, cookie, [Symbol.asyncDispose]: database.drop }
}

async function refreshed(server: TestServer, refreshToken: string) {
  const { status, body } = await server.post('/refresh', { refreshToken })
  assert.equal(status, 200, JSON.stringify(body))
  return body as { token: string; refreshToken: string }
}

describe('a new APP_SECRET', () => {
  it('logs nobody out and refuses nobody, while nodes of each step serve side by side', async () => {
    await using used = await usedDatabase()
    const { database } = used
    let { token, refreshToken } = used.account
    for (const [one, other] of [
      [before, announced],
      [announced, changed],
      [changed, changed],
      [changed, over],
    ] as const) {
      await using first = await startTestServer({ database, env: one })
      await using second = await startTestServer({ database, env: other })
      for (const server of [first, second, first, second]) {
        for (const any of [first, second]) assert.equal((await any.get('/userdetails', token)).status, 200)
        ;({ token, refreshToken } = await refreshed(server, refreshToken))
      }
    }
  })

  it('gives all who come with one refresh token the same successor, whichever node they ask', async () => {
    await using used = await usedDatabase()
    await using first = await startTestServer({ database: used.database, env: announced })
    await using second = await startTestServer({ database: used.database, env: changed })
    for (const servers of [
      [first, second],
      [second, first],
      [first, second, second, first],
    ]) {
      const { refreshToken } = await loggedIn(first, used.account.email)
      const answers = await Promise.all(servers.map((server) => refreshed(server, refreshToken)))
      assert.equal(new Set(answers.map((answer) => answer.refreshToken)).size, 1)
      await refreshed(second, answers[0]?.refreshToken ?? '')
    }
  })

  it('seals the signing keys anew, and they stay the same keys', async () => {
    await using used = await usedDatabase()
    const { database } = used
    const keys = await storedKeys(database, OLD)
    await using server = await startTestServer({ database, env: changed })
    const resealed = await storedKeys(database, NEW)
    assert.deepEqual(
      resealed.map(({ kid }) => kid),
      keys.map(({ kid }) => kid),
    )
    for (const [index, { privateKey }] of resealed.entries()) assert.ok(keys[index]?.privateKey.equals(privateKey))
    await assert.rejects(storedKeys(database, OLD), /APP_SECRET is not the secret/)

    // A node of the step before, which starts late, may seal them back; each that has the new secret mends that.
    await using late = await startTestServer({ database, env: announced })
    assert.equal((await late.get('/userdetails', used.account.token)).status, 200)
    await storedKeys(database, OLD)
    await server.maintenance.runOnce()
    await storedKeys(database, NEW)
    assert.match(server.logLines.join(''), /"keys":2,"msg":"signing keys: sealed with APP_SECRET"/)
  })

  it('still knows a device on which somebody has logged in before, while the old one is named', async () => {
    await using used = await usedDatabase()
    const { database, account, cookie } = used
    await using server = await startTestServer({ database, env: { ...changed, ...limitedServer } })
    await using without = await startTestServer({ database, env: { ...over, ...limitedServer } })
    const login = (to: TestServer, ip: string, password: string, headers = {}) =>
      to.send('POST', '/login', {
        json: { email: account.email, password },
        headers: { ...fromNetwork(ip), ...headers },
      })
    for (let network = 0; network < 11; network++) {
      await Promise.all(Array.from({ length: 10 }, () => login(server, `192.0.2.${network}`, 'wrong')))
    }
    assert.equal((await login(server, '198.51.100.1', PASSWORD)).status, 429)
    assert.equal((await login(without, '198.51.100.1', PASSWORD, { cookie })).status, 429)
    assert.equal((await login(server, '198.51.100.1', PASSWORD, { cookie })).status, 200)
  })

  it('refuses to start without the old one, says so, and leaves the keys as they are', async () => {
    await using used = await usedDatabase()
    const { database } = used
    await database.query("DELETE FROM signing_keys WHERE state = 'next'")
    const { code, output } = await failingServer({ DATABASE_URL: database.url, ...over })
    assert.equal(code, 1)
    assert.match(output, /^APP_SECRET is not the secret .* name that one in APP_SECRET_PREVIOUS\.$/m)
    assert.doesNotMatch(output, /^ +at /m)
    assert.deepEqual(
      (await storedKeys(database, OLD)).map(({ state }) => state),
      ['current'],
    )
  })

  it('takes no refresh token of the old one once that is not named any more', async () => {
    await using used = await usedDatabase()
    const { database, account } = used
    await using _changed = await startTestServer({ database, env: changed })
    await using server = await startTestServer({ database, env: over })
    assert.equal((await server.get('/userdetails', account.token)).status, 200)
    assert.equal((await server.post('/refresh', { refreshToken: account.refreshToken })).status, 401)
  })
})
