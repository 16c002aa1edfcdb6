import { RateLimiterMemory, RateLimiterRes, type RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import { type PointStore, RATE_LIMITS, type RateLimitName, type Taken } from '../services/rate-limits.ts'
import type { Log } from './log.ts'

type Limiter = RateLimiterStoreAbstract | RateLimiterMemory
type Limiters = Readonly<Record<RateLimitName, Limiter>>
export type MakeLimiter = (options: { keyPrefix: string; points: number; duration: number }) => Limiter

export interface RateLimitStoreOptions {
  /** Makes the limiter of one limit in the store that all nodes share. */
  shared: MakeLimiter
  /** Whether nothing at all can be done while the shared store fails like this, so that counting here is no use. */
  isHopeless(error: unknown): boolean
  log: Log
}

export interface RateLimitStore extends PointStore {
  /** Whether the shared store has answered when it was last asked. */
  isShared(): boolean
}

/** How long the shared store is left alone after it failed. */
const LEFT_ALONE_MS = 2_000

/**
 * Counts in the shared store; while that is away in the memory of this node, which counts anew from nothing: neither is
 * everybody let in, nor nobody. It is said when that begins and ends.
 */
export function createRateLimitStore({ shared, isHopeless, log }: RateLimitStoreOptions): RateLimitStore {
  const sharedLimiters = limitersOf(shared)
  const ownLimiters = limitersOf((options) => new RateLimiterMemory(options))
  let isAway = false
  let askAgainAt = Number.NEGATIVE_INFINITY

  return { take, isShared: () => !isAway }

  async function take(limit: RateLimitName, key: string, points = 1): Promise<Taken> {
    if (performance.now() < askAgainAt) return takeFrom(ownLimiters[limit], key, points)
    try {
      const taken = await takeFrom(sharedLimiters[limit], key, points)
      if (isAway) log.info('rate limits: shared again')
      isAway = false
      return taken
    } catch (error) {
      if (isHopeless(error)) throw error
      if (!isAway) log.warn({ err: error }, 'rate limits: the shared store is away, counting in memory')
      isAway = true
      askAgainAt = performance.now() + LEFT_ALONE_MS
      return takeFrom(ownLimiters[limit], key, points)
    }
  }
}

function limitersOf(make: MakeLimiter): Limiters {
  const limiters = Object.entries(RATE_LIMITS).map(([name, { points, seconds }]) => [
    name,
    make({ keyPrefix: name, points, duration: seconds }),
  ])
  return Object.fromEntries(limiters) as Limiters
}

/** A refusal is an answer like any other, only that the library throws it. */
async function takeFrom(limiter: Limiter, key: string, points: number): Promise<Taken> {
  const result = await limiter.consume(key, points).catch((refusal: unknown) => {
    if (refusal instanceof RateLimiterRes) return refusal
    throw refusal
  })
  return {
    isGranted: result.consumedPoints <= limiter.points,
    resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
    // Where it cannot be given back, one more stays counted until the window ends.
    giveBack: async () => void (await limiter.reward(key, points).catch(() => undefined)),
  }
}
