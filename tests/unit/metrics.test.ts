import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { statusByCode } from '../../src/http/status-by-code.ts'
import { expose, remains } from '../../src/infrastructure/exposition.ts'
import { type Collection, createMeters } from '../../src/infrastructure/meters.ts'
import { createMetrics } from '../../src/infrastructure/metrics.ts'
import { CLIENT_GONE, createRequestTimes, METHODS, OTHER, STATUSES } from '../../src/infrastructure/request-times.ts'
import { readExposition, type Series } from '../support/exposition.ts'

const ATTEMPT = ['limited', 'overloaded', 'failed']
const STAT = ['p50', 'p99', 'max']

/** Every label that there is, and each value that it may have. One that is missing here has no bound. */
const LABELS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  gatehouse_logins_total: {
    result: ['ok', 'wrong_password', 'unknown_email', 'disabled', 'closed_meanwhile', ...ATTEMPT],
  },
  gatehouse_registrations_total: { result: ['ok', 'email_taken', 'weak_password', ...ATTEMPT] },
  gatehouse_refreshes_total: { result: ['rotated', 'repeated', 'reused', 'over', 'made_up', ...ATTEMPT] },
  gatehouse_limits_reached_total: {
    limit: [
      ...['login-account-network', 'login-account', 'login-network', 'login-device', 'password-session'],
      ...['registration-network', 'refresh-network', 'request-network'],
    ],
  },
  gatehouse_work_wait_seconds: { pool: ['hash', 'strength'] },
  gatehouse_work_duration_seconds: { pool: ['hash', 'strength'] },
  gatehouse_work_refused_total: { pool: ['hash', 'strength'] },
  gatehouse_work_waiting: { pool: ['hash', 'strength'] },
  gatehouse_work_running: { pool: ['hash', 'strength'] },
  gatehouse_database_pool_connections: { state: ['in_use', 'idle'] },
  gatehouse_replica_used: { replica: ['standby.example.com:5432'] },
  gatehouse_replica_reads_total: { server: ['replica', 'primary'] },
  gatehouse_feed_entries: { kind: ['session', 'user', 'role'] },
  gatehouse_ready: { check: ['database', 'migrations', 'feed', 'signingKeys', 'shutdown'] },
  gatehouse_event_loop_delay_seconds: { stat: STAT },
  gatehouse_build_info: { version: ['1.2.3'] },
  nodejs_gc_duration_seconds: { kind: ['minor', 'major', 'incremental', 'weakcb'] },
  nodejs_version_info: {
    version: [process.version],
    ...Object.fromEntries(
      ['major', 'minor', 'patch'].map((part, index) => [part, [process.version.slice(1).split('.')[index] ?? '']]),
    ),
  },
  gatehouse_http_request_duration_seconds: {
    route: ['none', '/a', '/b'],
    method: [...METHODS, OTHER],
    status: [...[...STATUSES].map(String), OTHER, CLIENT_GONE],
  },
}

function watchedMetrics() {
  const metrics = createMetrics({ version: '1.2.3', isAsked: true })
  metrics.watch({
    pools: { hash: () => ({ waiting: 3, running: 1 }), strength: () => ({ waiting: 0, running: 0 }) },
    database: () => ({ inUse: 1, idle: 2, waiting: 3, max: 10 }),
    feed: { silentSeconds: () => 1, entries: () => ({ session: 1, user: 2, role: 3 }) },
    accessTokens: () => ({ cached: 1, hits: 2, misses: 3, signatureChecks: 4 }),
    signingKeyAgeSeconds: () => 1,
    isLimitStoreShared: () => true,
    replicas: { used: () => ({ 'standby.example.com:5432': 1 }) },
    maintenance: () => ({ silentSeconds: 1, unsealedSeconds: 0 }),
    readiness: async () => ({ database: true, migrations: true, feed: true, signingKeys: true, shutdown: false }),
  })
  return metrics
}

const read = async (...collections: Collection[]) => readExposition((await expose(collections)).text)

/** The metric that a series is of: a histogram has three kinds. */
const metricOf = ({ name }: Series, types: ReadonlyMap<string, string>): string =>
  types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')

describe('every label', () => {
  it('is named here with all that it may be', async (t) => {
    const metrics = watchedMetrics()
    t.after(metrics.close)
    for (const route of ['/a', '/b', null]) {
      for (const method of ['GET', 'POST', 'OPTIONS', 'PROPFIND', 'REPORT']) {
        for (const status of [200, 204, 401, 599, 699, null]) metrics.requests.observe({ route, method, status, ms: 3 })
      }
    }
    const { series, types } = await read(await metrics.collect())
    for (const one of series) {
      const { le, ...labels } = one.labels
      assert.equal(le !== undefined, one.name.endsWith('_bucket'))
      for (const [label, value] of Object.entries(labels)) {
        assert.ok(LABELS[metricOf(one, types)]?.[label]?.includes(value), `${one.name}{${label}="${value}"}`)
      }
    }
    const labelled = series.filter(({ labels: { le, ...labels } }) => Object.keys(labels).length > 0)
    const seen = new Set(labelled.map((one) => metricOf(one, types)))
    for (const name of Object.keys(LABELS)) if (!name.startsWith('nodejs_gc')) assert.ok(seen.has(name), name)
  })

  it('is there from the start with each of its values, where it counts', async (t) => {
    const metrics = watchedMetrics()
    t.after(metrics.close)
    const { series } = await read(await metrics.collect())
    for (const [name, labels] of Object.entries(LABELS).filter(([name]) => name.endsWith('_total'))) {
      for (const [label, values] of Object.entries(labels)) {
        const there = series.filter((one) => one.name === name).map((one) => one.labels[label])
        assert.deepEqual(there.sort(), [...values].sort(), name)
      }
    }
  })
})

describe('request times', () => {
  it('have a status of their own for whatever this server can answer', () => {
    for (const status of Object.values(statusByCode)) assert.ok(STATUSES.has(status), String(status))
  })

  it('never have two series of the same labels', async () => {
    const { observe, read: readTimes } = createRequestTimes()
    for (const method of ['LOCK', 'UNLOCK'])
      for (const status of [418, 451]) observe({ route: null, method, status, ms: 1 })
    const { series, sum } = await read([readTimes()])
    const texts = series.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    assert.equal(new Set(texts).size, texts.length)
    assert.equal(sum('gatehouse_http_request_duration_seconds_count', { method: OTHER, status: OTHER }), 4)
  })

  it('count each time in every bucket that it fits in', async () => {
    const { observe, read: readTimes } = createRequestTimes()
    for (const ms of [0.2, 1, 1.01, 80, 9_000]) observe({ route: '/a', method: 'GET', status: 200, ms })
    const { sum } = await read([readTimes()])
    const inBucket = (le: string) => sum('gatehouse_http_request_duration_seconds_bucket', { le })
    assert.deepEqual(['0.001', '0.0025', '0.05', '0.1', '5', '+Inf'].map(inBucket), [2, 3, 3, 4, 4, 5])
    assert.equal(sum('gatehouse_http_request_duration_seconds_count'), 5)
    assert.ok(Math.abs(sum('gatehouse_http_request_duration_seconds_sum') - 9.08221) < 1e-9)
  })
})

describe('what several processes have collected', () => {
  async function collectionWith(value: number): Promise<Collection> {
    const meters = createMeters()
    const count = meters.counterBy({ name: 'c_total', help: 'c' }, { label: 'of', values: ['a', 'b'] })
    const observe = meters.histogram({ name: 'h_seconds', help: 'h' }, [1, 5])
    for (let n = 0; n < value; n++) count('a')
    observe(value)
    for (const merging of ['sum', 'max', 'min'] as const) {
      meters.gauge({ name: `g_${merging}`, help: 'g' }, merging, () => value)
    }
    // As it comes from another process.
    return JSON.parse(JSON.stringify(await meters.collect()))
  }

  it('becomes one, each metric in its way', async () => {
    const { sum, types } = await read(await collectionWith(3), await collectionWith(4))
    assert.equal(sum('c_total', { of: 'a' }), 7)
    assert.equal(sum('g_sum'), 7)
    assert.equal(sum('g_max'), 4)
    assert.equal(sum('g_min'), 3)
    assert.equal(sum('h_seconds_count'), 2)
    assert.equal(sum('h_seconds_bucket', { le: '5' }), 2)
    assert.equal(sum('h_seconds_bucket', { le: '1' }), 0)
    assert.equal(types.get('h_seconds'), 'histogram')
  })

  it('leaves behind what it counted, and nothing that only was', async () => {
    const gone = await remains([await remains([await collectionWith(3)]), await collectionWith(5)])
    const { sum, series } = await read(gone, await collectionWith(2))
    assert.equal(sum('c_total', { of: 'a' }), 10)
    assert.equal(sum('h_seconds_count'), 3)
    assert.equal(sum('g_sum'), 2)
    assert.equal(sum('g_min'), 2)
    assert.equal(series.filter(({ name }) => name === 'c_total').length, 2)
  })

  it('is said in a text that names its format', async () => {
    const { contentType } = await expose([await collectionWith(1)])
    assert.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8')
  })
})

describe('two containers in one process', () => {
  it('count apart', async (t) => {
    const [one, other] = [watchedMetrics(), watchedMetrics()]
    t.after(one.close)
    t.after(other.close)
    one.services.login('ok')
    assert.equal((await read(await one.collect())).sum('gatehouse_logins_total'), 1)
    assert.equal((await read(await other.collect())).sum('gatehouse_logins_total'), 0)
  })
})
