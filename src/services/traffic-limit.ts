import { LRUCache } from 'lru-cache'
import { rateLimited } from '../errors/app-error.ts'
import type { Budgets } from './budgets.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { networkOf } from './network.ts'
import { type PointStore, reachedLimit } from './rate-limits.ts'

export interface TrafficLimitDependencies {
  store: PointStore
  keyOf: Budgets['keyOf']
  log: Log
  metrics: Pick<Metrics, 'limitReached'>
}

/** Counts one request of an address. Throws `rate_limited` where its network has had its share. */
export type TrafficLimit = (ip: string | null) => void

interface Traffic {
  unreported: number
  /** Milliseconds, by the clock that never jumps. */
  refusedUntil: number
}

const LIMIT = 'request-network'
const LOT = 100
const REMEMBERED_NETWORKS = 50_000

/**
 * The generous limit on everything: counted here, and told to the store of all nodes in lots of a hundred. So no request
 * waits for it, and a network gets no more than some hundreds above its share, however many nodes it asks.
 */
export function createTrafficLimit({ store, keyOf, log, metrics }: TrafficLimitDependencies): TrafficLimit {
  const networks = new LRUCache<string, Traffic>({ max: REMEMBERED_NETWORKS })

  return function count(ip: string | null): void {
    const network = networkOf(ip)
    const traffic = trafficOf(network)
    const waitMs = traffic.refusedUntil - performance.now()
    if (waitMs > 0) {
      metrics.limitReached(LIMIT)
      throw rateLimited(reachedLimit(LIMIT, Math.ceil(waitMs / 1000)))
    }
    traffic.unreported += 1
    if (traffic.unreported < LOT) return
    traffic.unreported = 0
    void report(network, traffic)
  }

  function trafficOf(network: string): Traffic {
    const known = networks.get(network)
    if (known) return known
    const traffic = { unreported: 0, refusedUntil: Number.NEGATIVE_INFINITY }
    networks.set(network, traffic)
    return traffic
  }

  /** Where the store can do nothing, a lot is lost: whoever asks for more than memory is refused by it as well. */
  async function report(network: string, traffic: Traffic): Promise<void> {
    const taken = await store.take(LIMIT, keyOf({ limit: LIMIT, of: [network] }), LOT).catch(() => null)
    if (taken === null || taken.isGranted || traffic.refusedUntil > performance.now()) return
    traffic.refusedUntil = performance.now() + taken.resetSeconds * 1000
    log.warn({ limit: LIMIT, network, seconds: taken.resetSeconds }, 'rate limits: a network has had its share')
  }
}
