import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { type Exposed, exposed } from '../../support/exposition.ts'
import { fromNetwork, limitedServer, someNetwork } from '../../support/limits.ts'
import { eventually } from '../../support/server-process.ts'
import { refreshed } from '../../support/sessions.ts'
import { PASSWORD, serverOfThisFile, startTestServer, type TestServer } from '../../support/test-server.ts'

const server = await serverOfThisFile({ env: { ...limitedServer, REFRESH_GRACE_SECONDS: '30', OPS_PORT: '0' } })

/** How much a metric grew while something was done. */
async function growth(work: () => Promise<unknown>, of: TestServer = server): Promise<Exposed['sum']> {
  const before = await exposed(of)
  await work()
  const after = await exposed(of)
  return (name, labels) => after.sum(name, labels) - before.sum(name, labels)
}

const login = (email: string, password: string, network = someNetwork()) =>
  server.send('POST', '/login', { json: { email, password }, headers: fromNetwork(network) })

describe('what happens is counted:', () => {
  it('logins, by how they end', async () => {
    const user = await registered(server)
    const admin = await loggedInAdmin(server)
    const grown = await growth(async () => {
      await loggedIn(server, user.email)
      await login(user.email, 'not the password')
      await login(freshEmail(), PASSWORD)
      await server.send('PATCH', `/users/${user.id}`, { token: admin.token, json: { status: 'disabled' } })
      await login(user.email, PASSWORD)
    })
    const results = ['ok', 'wrong_password', 'unknown_email', 'disabled', 'limited', 'failed']
    const counts = results.map((result) => grown('gatehouse_logins_total', { result }))
    assert.deepEqual(counts, [1, 1, 1, 1, 0, 0])
    assert.equal(grown('gatehouse_work_duration_seconds_count', { pool: 'hash' }), 4)
    assert.equal(grown('gatehouse_work_wait_seconds_count', { pool: 'hash' }), 4)
  })

  it('registrations, by how they end', async () => {
    const grown = await growth(async () => {
      const { email } = await registered(server)
      await server.post('/register', { email, password: PASSWORD })
      await server.post('/register', { email: freshEmail(), password: 'password1' })
    })
    const counts = ['ok', 'email_taken', 'weak_password', 'failed'].map((result) =>
      grown('gatehouse_registrations_total', { result }),
    )
    assert.deepEqual(counts, [1, 1, 1, 0])
    assert.ok(grown('gatehouse_work_duration_seconds_count', { pool: 'strength' }) >= 2)
  })

  it('refreshes, by how they end; a token that was used before, once', async () => {
    const { refreshToken: first } = await registered(server)
    const grown = await growth(async () => {
      const { refreshToken: second } = await refreshed(server, first)
      await refreshed(server, first)
      await refreshed(server, second)
      await server.post('/refresh', { refreshToken: first })
      await server.post('/refresh', { refreshToken: second })
      await server.post('/refresh', { refreshToken: randomBytes(66).toString('base64url') })
    })
    const counts = ['rotated', 'repeated', 'reused', 'over', 'made_up'].map((result) =>
      grown('gatehouse_refreshes_total', { result }),
    )
    assert.deepEqual(counts, [2, 1, 1, 1, 1])
  })

  it('limits, by the one that is reached', async () => {
    const { email } = await registered(server)
    const network = someNetwork()
    const grown = await growth(async () => {
      for (let n = 0; n < 12; n++) await login(email, 'not the password', network)
    })
    assert.equal(grown('gatehouse_limits_reached_total', { limit: 'login-account-network' }), 2)
    assert.equal(grown('gatehouse_limits_reached_total'), 2)
    assert.equal(grown('gatehouse_logins_total', { result: 'limited' }), 2)
    assert.equal(grown('gatehouse_http_request_duration_seconds_count', { route: '/login', status: '429' }), 2)
  })

  it('requests, by route, method and status, /verify among them', async () => {
    const { token } = await registered(server)
    const grown = await growth(async () => {
      await server.get('/userdetails', token)
      await server.get('/userdetails')
      await server.send('PUT', '/userdetails', { token, json: {} })
      await server.get(`/nothing/${token}`)
      for (const path of ['/verify', '/verify?role=user', '/verify/films/7']) await server.get(path, token)
      await server.get('/verify?role=admin', token)
      await server.send('PUT', '/verify')
    })
    const count = (route: string, method: string, status: string) =>
      grown('gatehouse_http_request_duration_seconds_count', { route, method, status })
    assert.equal(count('/userdetails', 'GET', '200'), 1)
    assert.equal(count('/userdetails', 'GET', '401'), 1)
    assert.equal(count('/userdetails', 'PUT', '405'), 1)
    assert.equal(count('none', 'GET', '404'), 1)
    assert.equal(count('/verify', 'GET', '204'), 3)
    assert.equal(count('/verify', 'GET', '403'), 1)
    assert.equal(count('/verify', 'PUT', '401'), 1)
    assert.equal(grown('gatehouse_http_requests_under_way'), 0)
  })

  it('tokens that were known, and those that had to be checked', async () => {
    const { token } = await registered(server)
    const grown = await growth(async () => {
      for (let n = 0; n < 5; n++) await server.get('/verify', token)
      await server.get('/verify', 'no.token')
    })
    assert.equal(grown('gatehouse_token_cache_hits_total'), 4)
    assert.equal(grown('gatehouse_token_cache_misses_total'), 2)
    assert.equal(grown('gatehouse_token_signature_checks_total'), 1)
    assert.equal(grown('gatehouse_token_cache_entries'), 1)
  })

  it('changes of rights, as they are heard', async () => {
    const { token } = await registered(server)
    const before = await exposed(server)
    await server.post('/logout', {}, token)
    await eventually(async () => {
      const after = await exposed(server)
      return after.sum('gatehouse_feed_delay_seconds_count') > before.sum('gatehouse_feed_delay_seconds_count')
    }, 'it is heard')
    const after = await exposed(server)
    assert.equal(
      after.sum('gatehouse_feed_entries', { kind: 'session' }),
      before.sum('gatehouse_feed_entries', { kind: 'session' }) + 1,
    )
    assert.ok(after.sum('gatehouse_feed_silence_seconds') < 10)
  })

  it('what goes on in the database', async () => {
    const grown = await growth(() => server.get('/moviedata'))
    assert.ok(grown('gatehouse_database_acquire_seconds_count') >= 0)
    const { sum } = await exposed(server)
    assert.ok(sum('gatehouse_database_acquire_seconds_count') > 10)
    assert.equal(sum('gatehouse_database_pool_max'), 10)
    assert.ok(sum('gatehouse_database_pool_connections') > 0)
    assert.equal(sum('gatehouse_database_pool_waiting'), 0)
    assert.equal(sum('gatehouse_database_connects_tried_total'), sum('gatehouse_database_connects_total'))
    assert.ok(sum('gatehouse_database_connects_total') > 0)
  })

  it('the process, and what it runs', async () => {
    const { sum } = await exposed(server)
    assert.equal(sum('gatehouse_build_info'), 1)
    assert.ok(sum('process_resident_memory_bytes') > 10_000_000)
    assert.ok(sum('process_cpu_seconds_total') > 0)
    assert.ok(sum('gatehouse_event_loop_utilization_ratio') <= 1)
    assert.ok(
      sum('gatehouse_event_loop_delay_seconds', { stat: 'max' }) >=
        sum('gatehouse_event_loop_delay_seconds', { stat: 'p50' }),
    )
    assert.ok(sum('gatehouse_signing_key_age_seconds') < 3600)
    assert.equal(sum('gatehouse_limit_store_shared'), 1)
    assert.equal(sum('gatehouse_ready'), 5)
  })
})

describe('what was never sealed', () => {
  it('shows how old it is, and maintenance when it last went well', async () => {
    await using other = await startTestServer()
    await registered(other)
    await other.auditSealing.sealAll()
    await other.database.query("UPDATE audit_events SET seal = NULL, occurred_at = occurred_at - interval '0.2 s'")
    await other.database.query('ALTER TABLE audit_seals ADD CONSTRAINT none CHECK (false) NOT VALID')
    await other.maintenance.runOnce()
    const { sum } = await exposed(other)
    assert.ok(sum('gatehouse_audit_unsealed_seconds') > 0.1)
    assert.ok(sum('gatehouse_maintenance_silence_seconds') < 10)
  })
})

describe('no series', () => {
  it('is added by what clients choose', async () => {
    const { token } = await registered(server)
    const names = () => Array.from({ length: 8 }, () => randomBytes(6).toString('hex'))
    const visit = async () => {
      for (const name of names()) {
        const headers = {
          'user-agent': name,
          'x-request-id': name,
          origin: `https://${name}.example`,
          ...fromNetwork(someNetwork()),
        }
        await server.send('GET', `/${name}`, { headers })
        await server.send('GET', `/users/${name}`, { headers, token })
        await server.send('GET', `/verify/${name}?role=${name}`, { headers, token })
        await server.send('POST', '/login', { headers, json: { email: `${name}@example.com`, password: name } })
        await server.send('POST', '/refresh', { headers, json: { refreshToken: name } })
        await server.send('GET', `/moviedata?search=${name}`, { headers, token })
      }
      for (const method of ['GET', 'PROPFIND', 'REPORT', 'MKCOL', 'PURGE', 'LOCK', 'M-SEARCH']) {
        await server.raw(`${method} /${names()[0]} HTTP/1.1\nHost: ${names()[0]}\nConnection: close\n\n`)
      }
    }
    await visit()
    const before = await exposed(server)
    await visit()
    await visit()
    const after = await exposed(server)
    assert.deepEqual(seriesOf(after), seriesOf(before))
    assert.ok(after.sum('gatehouse_http_request_duration_seconds_count', { route: 'none', method: 'other' }) >= 6)
  })

  it('says who somebody is', async () => {
    const user = await registered(server)
    await login(user.email, 'not the password', '10.77.88.99')
    await server.get(`/users/${user.id}`, user.token)
    const { text } = await exposed(server)
    for (const secret of [
      user.id,
      user.email,
      user.token,
      user.refreshToken,
      '10.77.88',
      '@',
      'Bearer',
      'postgres://',
    ]) {
      assert.ok(!text.includes(secret), secret)
    }
  })
})

/** Node's garbage collector does what it wants, when it wants. */
const seriesOf = ({ series }: Exposed): string[] =>
  series
    .filter(({ name }) => !name.startsWith('nodejs_gc'))
    .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    .sort()
