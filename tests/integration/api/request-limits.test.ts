import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshEmail, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf } from '../../support/audit.ts'
import { fromNetwork, limitedServer, someNetwork, tally } from '../../support/limits.ts'
import { assertRefreshRefused, refreshed } from '../../support/sessions.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile({ env: limitedServer })
const admin = await loggedInAdmin(server)

/** Counts as much for everybody who has counted before. */
const countMore = (limit: string, points: number) =>
  server.database.query(`UPDATE rate_limits SET points = points + $2 WHERE starts_with(key, $1)`, [limit, points])

describe('a limit', () => {
  it('bounds the registrations of one network', async () => {
    const headers = fromNetwork(someNetwork())
    const register = () =>
      server.send('POST', '/register', { json: { email: freshEmail(), password: PASSWORD }, headers })
    assert.equal((await register()).status, 201)
    await countMore('registration-network', 298)
    assert.equal((await register()).status, 201)
    const refused = await register()
    assert.equal(refused.status, 429)
    assert.match(refused.headers.get('ratelimit-policy') ?? '', /^"registration-network";q=300;w=3600$/)
    assert.equal((await registered(server)).email.length > 0, true)
  })

  it('bounds the refreshes of one network, and ends no session for it', async () => {
    const headers = fromNetwork(someNetwork())
    const { refreshToken } = await registered(server)
    const refresh = () => server.send('POST', '/refresh', { json: { refreshToken }, headers })
    assert.equal((await refresh()).status, 200)
    await countMore('refresh-network', 2_998)
    assert.equal((await refresh()).status, 200)
    assert.equal((await refresh()).status, 429)
    const { refreshToken: next } = await refreshed(server, refreshToken)
    await refreshed(server, next)
    await assertRefreshRefused(server, refreshToken)
  })

  it('bounds the guesses at the password of whoever is signed in, by session', async () => {
    const user = await registered(server)
    const change = (currentPassword: string, token = user.token) =>
      server.send('PUT', '/userdetails/password', { json: { currentPassword, newPassword: `${PASSWORD} too` }, token })
    const answers = await Promise.all(Array.from({ length: 60 }, () => change('wrong')))
    assert.deepEqual(tally(answers), { 400: 10, 429: 50 })
    const remove = { json: { currentPassword: PASSWORD }, token: user.token }
    assert.equal((await server.send('DELETE', '/userdetails', remove)).status, 429)
    const rename = { json: { email: freshEmail(), currentPassword: PASSWORD }, token: user.token }
    assert.equal((await server.send('PATCH', '/userdetails', rename)).status, 429)

    const { body: elsewhere } = await server.post('/login', { email: user.email, password: PASSWORD })
    assert.equal((await change(PASSWORD, elsewhere.token)).status, 204)
  })

  it('does not lock anybody out of changing their password for what others guessed at the login', async () => {
    const user = await registered(server)
    for (let turn = 0; turn < 11; turn++) await server.post('/login', { email: user.email, password: 'wrong' })
    const json = { currentPassword: PASSWORD, newPassword: `${PASSWORD} too` }
    assert.equal((await server.send('PUT', '/userdetails/password', { json, token: user.token })).status, 204)
  })

  it('bounds generously what one network may ask for at all', async () => {
    const headers = fromNetwork(someNetwork())
    const ask = (path = '/') => server.send('GET', path, { headers })
    const askMany = () => Promise.all(Array.from({ length: 100 }, () => ask()))
    assert.deepEqual(tally(await askMany()), { 200: 100 })
    await countMore('request-network', 29_801)
    assert.deepEqual(tally(await askMany()), { 200: 100 })
    await askMany()
    const refused = await ask('/nowhere')
    assert.equal(refused.status, 429)
    assert.match(refused.headers.get('ratelimit-policy') ?? '', /^"request-network";q=30000;w=60$/)
    assert.ok(Number(refused.headers.get('retry-after')) <= 60)
    assert.equal((await ask('/healthz')).status, 200)
    assert.equal((await ask('/readyz')).status, 200)
    assert.equal((await server.send('GET', '/verify', { headers, token: admin.token })).status, 204)
    assert.equal((await server.send('GET', '/', { headers: fromNetwork(someNetwork()) })).status, 200)
    assert.equal(server.logLines.filter((line) => line.includes('a network has had its share')).length, 1)
  })

  it('is in the audit trail once it is reached, not each time', async () => {
    const ip = someNetwork()
    for (let turn = 0; turn < 15; turn++) {
      await server.send('POST', '/login', {
        json: { email: 'nobody@example.com', password: 'x' },
        headers: fromNetwork(ip),
      })
    }
    const events = await eventsOf(server, admin.token, 'action=limit_reached')
    assert.equal(events.filter((event) => event.ip === ip).length, 1)
  })

  it('is kept under names that tell no address', async () => {
    const rows = await server.database.query<{ key: string }>('SELECT key FROM rate_limits')
    assert.ok(rows.length > 5)
    for (const { key } of rows) assert.match(key, /^[a-z-]+:[\w-]{43}$/)
  })

  it('leaves nothing behind when its window is over', async () => {
    await server.database.query('UPDATE rate_limits SET expire = 1')
    await server.maintenance.runOnce()
    assert.equal(await server.database.count('rate_limits'), 0)
  })
})
