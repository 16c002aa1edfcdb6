import { LRUCache } from 'lru-cache'
import { rateLimited } from '../errors/app-error.ts'
import type { Repositories } from '../repositories/repositories.ts'
import { record } from './audit-trail.ts'
import { type Budget, BudgetSpent, type Budgets } from './budgets.ts'
import { createLanes } from './lanes.ts'
import type { Metrics } from './metrics.ts'
import type { Origin } from './origin.ts'
import { reachedLimit } from './rate-limits.ts'

export interface Guess {
  /** All of them must have a point left. Guesses at the first wait for each other. */
  budgets: readonly [Budget, ...Budget[]]
  origin: Origin
  /** Whose account it is about, for the audit trail. */
  subjectId(): Promise<string | null>
}

export interface RateLimitDependencies {
  budgets: Budgets
  repositories: Pick<Repositories, 'auditEvents'>
  metrics: Pick<Metrics, 'limitReached'>
}

export type RateLimitService = ReturnType<typeof createRateLimitService>

const MAX_WAITING = 50
const MAX_WAIT_MS = 2_000
const LANE_FULL_SECONDS = 1
const REMEMBERED_KEYS = 50_000

/** `RATE_LIMITS=off`, for benchmarks on loopback. */
export const noRateLimits: RateLimitService = {
  count: async () => undefined,
  evaluate: (_guess, check) => check(),
}

/** Bounds how often something is asked for, by all nodes together, and records once a window that a bound is reached. */
export function createRateLimitService({ budgets, repositories, metrics }: RateLimitDependencies) {
  const { keyOf, takeAll, remember } = budgets
  const isRefusal = (error: unknown): error is BudgetSpent => error instanceof BudgetSpent
  const lanes = createLanes({ maxWaiting: MAX_WAITING, maxWaitMs: MAX_WAIT_MS, isRefusal })
  const recorded = new LRUCache<string, true>({ max: REMEMBERED_KEYS })

  return { count, evaluate }

  /** Counts one request. Throws `rate_limited` where it is one too many. */
  async function count(budget: Budget, origin: Origin): Promise<void> {
    await recordingRefusal({ origin, subjectId: async () => null }, () => takeAll([budget]))
  }

  /**
   * Counts a guess before `check` evaluates it, and gives that back where it was right, or could not be evaluated:
   * however many come at once, no more wrong ones are evaluated than if they came one after the other. Throws
   * `rate_limited`.
   */
  async function evaluate<T>(guess: Guess, check: () => Promise<T>, isRight: (outcome: T) => boolean): Promise<T> {
    const { taken, leave } = await recordingRefusal(guess, () => enterLane(guess.budgets))
    let isWrong = false
    try {
      const outcome = await check()
      isWrong = !isRight(outcome)
      return outcome
    } finally {
      if (!isWrong) await taken.giveBack()
      leave()
    }
  }

  async function enterLane(budgets: Guess['budgets']) {
    const [narrowest] = budgets
    const lane = keyOf(narrowest)
    if (lanes.isFull(lane)) {
      metrics.limitReached(narrowest.limit)
      throw rateLimited(reachedLimit(narrowest.limit, LANE_FULL_SECONDS))
    }
    return lanes.enter(lane, () => takeAll(budgets))
  }

  async function recordingRefusal<T>(
    { origin, subjectId }: Pick<Guess, 'origin' | 'subjectId'>,
    take: () => Promise<T>,
  ): Promise<T> {
    try {
      return await take()
    } catch (error) {
      if (!isRefusal(error)) throw error
      metrics.limitReached(error.budget.limit)
      remember(error)
      if (isNews(error)) {
        const details = { limit: error.limit.name }
        await record(repositories, origin, { action: 'limit_reached', subjectId: await subjectId(), details })
      }
      throw error
    }
  }

  function isNews({ key, limit }: BudgetSpent): boolean {
    if (recorded.has(key)) return false
    recorded.set(key, true, { ttl: limit.resetSeconds * 1000 })
    return true
  }
}
