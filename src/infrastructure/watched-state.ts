import type { EventLoopWatch } from './event-loop.ts'
import type { Meters } from './meters.ts'

/** What can be looked at at any time. Nothing here may throw, or take longer than a request would. */
export interface WatchedState {
  pools: Readonly<Record<string, () => { waiting: number; running: number }>>
  database: () => Readonly<Record<'inUse' | 'idle' | 'waiting' | 'max', number>>
  replicas: { used(): Readonly<Record<string, number>> }
  feed: { silentSeconds(): number; entries(): Readonly<Record<string, number>> }
  accessTokens: () => { cached: number; hits: number; misses: number; signatureChecks: number }
  signingKeyAgeSeconds: () => number
  isLimitStoreShared: () => boolean
  maintenance: () => { silentSeconds: number; unsealedSeconds: number }
  /** By check, whether it holds. */
  readiness: () => Promise<Readonly<Record<string, boolean>>>
}

/** Everything that only is, by name: it is read when somebody asks, and costs nothing until then. */
export function watchState(meters: Meters, state: WatchedState): void {
  const { gauge, gaugeBy, total } = meters
  watchPools(meters, state)
  watchDatabase(meters, state)
  gauge(
    {
      name: 'gatehouse_feed_silence_seconds',
      help: 'Since changes of rights could last be read. Above REVOCATION_MAX_STALENESS_SECONDS every check is refused with 503.',
    },
    'max',
    state.feed.silentSeconds,
  )
  gaugeBy(
    {
      name: 'gatehouse_feed_entries',
      help: 'Changes of rights kept in memory because tokens from before them are alive.',
    },
    'max',
    'kind',
    state.feed.entries,
  )
  gaugeBy(
    { name: 'gatehouse_replica_used', help: '1 where a replica is asked, 0 where it is left out.' },
    'min',
    'replica',
    state.replicas.used,
  )
  const tokens = state.accessTokens
  total(
    { name: 'gatehouse_token_cache_hits_total', help: 'Access tokens that were known from an earlier request.' },
    () => tokens().hits,
  )
  total(
    { name: 'gatehouse_token_cache_misses_total', help: 'Access tokens that were not known, good and bad ones.' },
    () => tokens().misses,
  )
  total(
    {
      name: 'gatehouse_token_signature_checks_total',
      help: 'Signatures checked: what is obviously no token gets none.',
    },
    () => tokens().signatureChecks,
  )
  gauge(
    { name: 'gatehouse_token_cache_entries', help: 'Access tokens that are kept because they were verified lately.' },
    'sum',
    () => tokens().cached,
  )
  gauge(
    { name: 'gatehouse_signing_key_age_seconds', help: 'Since the key that signs began to: 30 days at most.' },
    'max',
    state.signingKeyAgeSeconds,
  )
  gauge(
    {
      name: 'gatehouse_limit_store_shared',
      help: '1 where limits are counted for all nodes together, 0 while their store is away and each counts alone.',
    },
    'min',
    () => Number(state.isLimitStoreShared()),
  )
  gauge(
    {
      name: 'gatehouse_maintenance_silence_seconds',
      help: 'Since the last maintenance that went well; it is due each minute.',
    },
    'max',
    () => state.maintenance().silentSeconds,
  )
  gauge(
    {
      name: 'gatehouse_audit_unsealed_seconds',
      help: 'How old the oldest event of the audit trail was that had no seal, when maintenance last looked.',
    },
    'max',
    () => state.maintenance().unsealedSeconds,
  )
  gaugeBy(
    { name: 'gatehouse_ready', help: '1 where a check of /readyz holds, 0 where it fails.' },
    'min',
    'check',
    async () => numbersOf(await state.readiness()),
  )
}

/** What the process does, beside what prom-client knows. */
export function watchProcess({ gauge, gaugeBy }: Meters, { delays, utilization }: EventLoopWatch): void {
  gaugeBy(
    {
      name: 'gatehouse_event_loop_delay_seconds',
      help: 'How late the event loop was since the last scrape: half of the time, at the 99th percentile, at most.',
    },
    'max',
    'stat',
    delays,
  )
  gauge(
    {
      name: 'gatehouse_event_loop_utilization_ratio',
      help: 'How much of the time since the last scrape the event loop was busy: at 1 there is no more to be had of a core.',
    },
    'max',
    utilization,
  )
}

function watchPools({ gaugeBy }: Meters, { pools }: WatchedState): void {
  const read = (what: 'waiting' | 'running') => () =>
    Object.fromEntries(Object.entries(pools).map(([pool, stateOf]) => [pool, stateOf()[what]]))
  gaugeBy(
    { name: 'gatehouse_work_waiting', help: 'Hashes and checks of strength that wait for a thread.' },
    'sum',
    'pool',
    read('waiting'),
  )
  gaugeBy({ name: 'gatehouse_work_running', help: 'Threads that are at work.' }, 'sum', 'pool', read('running'))
}

function watchDatabase({ gauge, gaugeBy }: Meters, { database }: WatchedState): void {
  gauge(
    {
      name: 'gatehouse_database_pool_max',
      help: 'Connections that the pool may have: DATABASE_POOL_MAX in each process.',
    },
    'sum',
    () => database().max,
  )
  gaugeBy(
    { name: 'gatehouse_database_pool_connections', help: 'Connections that the pool has.' },
    'sum',
    'state',
    () => {
      const { inUse, idle } = database()
      return { in_use: inUse, idle }
    },
  )
  gauge(
    { name: 'gatehouse_database_pool_waiting', help: 'Queries and transactions that wait for a connection.' },
    'sum',
    () => database().waiting,
  )
}

const numbersOf = (checks: Readonly<Record<string, boolean>>): Record<string, number> =>
  Object.fromEntries(Object.entries(checks).map(([name, holds]) => [name, Number(holds)]))
