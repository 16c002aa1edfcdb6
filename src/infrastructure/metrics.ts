import { LOGIN_RESULTS, type Metrics, REFRESH_RESULTS, REGISTRATION_RESULTS } from '../services/metrics.ts'
import { RATE_LIMITS, type RateLimitName } from '../services/rate-limits.ts'
import type { TransactionObserver } from './conflicts.ts'
import type { ConnectionObserver } from './connection-watch.ts'
import { watchEventLoop } from './event-loop.ts'
import { createMeters } from './meters.ts'
import { READ_FROM } from './replicas.ts'
import { createRequestTimes } from './request-times.ts'
import { watchProcess, watchState } from './watched-state.ts'
import type { WorkObserver } from './worker-pool.ts'

export interface MetricsOptions {
  version: string
  /** Whether anybody will ask: what the process itself does is watched only then, because that costs a little all the time. */
  isAsked: boolean
}

/** The pools of worker threads, see worker-pool.ts. */
export const POOLS = ['hash', 'strength'] as const
export type PoolName = (typeof POOLS)[number]

const QUICK = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]
const SLOW = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5]

/** Everything that happens and is counted, by name. What only is, and is looked at when asked for, is in watched-state.ts. */
export function createMetrics({ version, isAsked }: MetricsOptions) {
  const meters = createMeters()
  const requests = createRequestTimes()
  meters.add(requests.read)
  meters.gauge(
    { name: 'gatehouse_http_requests_under_way', help: 'Requests whose answer is not complete, without /verify.' },
    'sum',
    requests.underWay,
  )
  meters.gaugeBy(
    { name: 'gatehouse_build_info', help: 'Always 1; the version that runs.' },
    'first',
    'version',
    () => ({
      [version]: 1,
    }),
  )
  const eventLoop = isAsked ? watchEventLoop() : null
  if (eventLoop) {
    meters.observeProcess()
    watchProcess(meters, eventLoop)
  }

  return {
    requests,
    services: servicesOf(),
    poolObserver: poolObservers(),
    connections: connectionObserver(),
    transactions: transactionObserver(),
    unexpectedError: meters.counter({
      name: 'gatehouse_unexpected_errors_total',
      help: 'Errors that nobody expected, each answered with 500 and logged with its stack.',
    }),
    listenerReconnected: meters.counter({
      name: 'gatehouse_feed_reconnects_total',
      help: 'How often the connection that listens for changes of rights was lost and made again.',
    }),
    replicaRead: meters.counterBy(
      { name: 'gatehouse_replica_reads_total', help: 'Reads that a replica may answer, by who did.' },
      { label: 'server', values: READ_FROM },
    ),
    watch: (state: Parameters<typeof watchState>[1]) => watchState(meters, state),
    collect: meters.collect,
    close: () => eventLoop?.stop(),
  }

  function servicesOf(): Metrics {
    return {
      login: meters.counterBy(
        { name: 'gatehouse_logins_total', help: 'Logins by how they ended.' },
        { label: 'result', values: LOGIN_RESULTS },
      ),
      registration: meters.counterBy(
        { name: 'gatehouse_registrations_total', help: 'Registrations by how they ended.' },
        { label: 'result', values: REGISTRATION_RESULTS },
      ),
      refresh: meters.counterBy(
        {
          name: 'gatehouse_refreshes_total',
          help: 'Refreshes by how they ended. Result reused: somebody else has had the token, and its session was ended.',
        },
        { label: 'result', values: REFRESH_RESULTS },
      ),
      limitReached: meters.counterBy(
        { name: 'gatehouse_limits_reached_total', help: 'Requests refused with 429, by the limit that was reached.' },
        { label: 'limit', values: Object.keys(RATE_LIMITS) as RateLimitName[] },
      ),
      changeHeard: meters.histogram(
        {
          name: 'gatehouse_feed_delay_seconds',
          help: 'From the recording of a change of rights, its commit included, until it counts here. By the clocks of two nodes: it is wrong by what these differ.',
        },
        QUICK,
      ),
    }
  }

  function poolObservers(): (pool: PoolName) => WorkObserver {
    const label = { label: 'pool', values: POOLS }
    const waited = meters.histogramBy(
      { name: 'gatehouse_work_wait_seconds', help: 'How long work waited for a thread, by pool.' },
      SLOW,
      label,
    )
    const worked = meters.histogramBy(
      {
        name: 'gatehouse_work_duration_seconds',
        help: 'How long one hash, or one check of strength, took in its thread.',
      },
      SLOW,
      label,
    )
    const refused = meters.counterBy(
      {
        name: 'gatehouse_work_refused_total',
        help: 'Work that was not even begun because the queue was full, by pool.',
      },
      label,
    )
    return (pool) => ({
      waited: (seconds) => waited(pool, seconds),
      worked: (seconds) => worked(pool, seconds),
      refused: () => refused(pool),
    })
  }

  function connectionObserver(): ConnectionObserver {
    return {
      acquired: meters.histogram(
        {
          name: 'gatehouse_database_acquire_seconds',
          help: 'How long a query or transaction waited for its connection.',
        },
        QUICK,
      ),
      connecting: meters.counter({
        name: 'gatehouse_database_connects_tried_total',
        help: 'Connections to the database that were begun. Those that failed are what is missing from …connects_total.',
      }),
      connected: meters.counter({
        name: 'gatehouse_database_connects_total',
        help: 'Connections to the database that were made.',
      }),
      statementCancelled: meters.counter({
        name: 'gatehouse_database_statements_cancelled_total',
        help: 'Statements that the database gave up: they took longer than 2 s, or somebody cancelled them.',
      }),
    }
  }

  function transactionObserver(): TransactionObserver {
    return {
      retried: meters.counter({
        name: 'gatehouse_database_transaction_retries_total',
        help: 'Transactions that conflicted with others and were begun anew.',
      }),
    }
  }
}
