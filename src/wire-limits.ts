import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { CompleteConfig } from '../config/env.ts'
import { isOutage } from './infrastructure/database.ts'
import type { Log } from './infrastructure/log.ts'
import { createRateLimitStore, type MakeLimiter } from './infrastructure/rate-limit-store.ts'
import { createRedisLimiters } from './infrastructure/redis-limiters.ts'
import type { Repositories } from './repositories/repositories.ts'
import { createBudgets } from './services/budgets.ts'
import type { Metrics } from './services/metrics.ts'
import { createRateLimitService, noRateLimits, type RateLimitService } from './services/rate-limit.service.ts'
import { createTrafficLimit, type TrafficLimit } from './services/traffic-limit.ts'

export interface Limits {
  rateLimits: RateLimitService
  countTraffic: TrafficLimit
  /** Whether they are counted for all nodes together, as they should be. */
  isShared(): boolean
  start(): Promise<void>
  close(): Promise<void>
}

const nothing = async () => undefined

/** The limits as the configuration wants them: shared through Redis, or PostgreSQL, or none. */
export function wireLimits(
  config: CompleteConfig,
  { repositories, log, metrics }: { repositories: Repositories; log: Log; metrics: Metrics },
): Limits {
  if (config.rateLimits === 'off') {
    return {
      rateLimits: noRateLimits,
      countTraffic: () => undefined,
      isShared: () => true,
      start: nothing,
      close: nothing,
    }
  }
  const redis = config.redisUrl === null ? null : createRedisLimiters(config.redisUrl, log)
  const store = createRateLimitStore({
    shared: redis?.make ?? postgresLimiter(repositories),
    // Where it is the database that is away, a login has to wait for it in any case.
    isHopeless: (error) => redis === null && isOutage(error),
    log,
  })
  const budgets = createBudgets(store, config.appSecret)
  return {
    rateLimits: createRateLimitService({ budgets, repositories, metrics }),
    countTraffic: createTrafficLimit({ store, keyOf: budgets.keyOf, log, metrics }),
    isShared: store.isShared,
    start: redis?.start ?? nothing,
    close: redis?.close ?? nothing,
  }
}

/** The table is a migration's, and expired counts are deleted with all else that is over. */
function postgresLimiter({ rateLimits: storeClient }: Repositories): MakeLimiter {
  const table = { storeClient, storeType: 'pool', tableName: 'rate_limits', tableCreated: true }
  return (options) => new RateLimiterPostgres({ ...options, ...table, clearExpiredByTimeout: false })
}
