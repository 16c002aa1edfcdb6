import type { ReachedLimit } from '../errors/app-error.ts'

/** At most `points` of one key in a window of `seconds`, which begins with the first. */
export interface RateLimit {
  points: number
  seconds: number
}

/**
 * Every limit, by the name that a refusal tells. Of guesses only those count that were wrong: what was right, or was not
 * evaluated, is given back. All others count every request.
 */
export const RATE_LIMITS = {
  'login-account-network': { points: 10, seconds: 900 },
  'login-account': { points: 100, seconds: 900 },
  'login-network': { points: 300, seconds: 900 },
  /** Of a device that has logged in before: nobody else's failures count against it. */
  'login-device': { points: 10, seconds: 900 },
  /** Of one's own password by whoever is signed in, so nobody else's failures count. */
  'password-session': { points: 10, seconds: 900 },
  'registration-network': { points: 300, seconds: 3600 },
  'refresh-network': { points: 3000, seconds: 60 },
  'request-network': { points: 30_000, seconds: 60 },
} as const satisfies Record<string, RateLimit>

export type RateLimitName = keyof typeof RATE_LIMITS

export function reachedLimit(name: RateLimitName, resetSeconds: number): ReachedLimit {
  return { name, ...RATE_LIMITS[name], resetSeconds }
}

/** What came of taking points. Whoever is refused has taken them all the same, and may give them back. */
export interface Taken {
  isGranted: boolean
  /** Until the window ends. */
  resetSeconds: number
  giveBack(): Promise<void>
}

/** Where points are counted, for all nodes. Rejects where nothing at all can be done just now. */
export interface PointStore {
  take(limit: RateLimitName, key: string, points?: number): Promise<Taken>
}
