import type { ReachedLimit } from '../errors/app-error.ts'

/**
 * What a refusal says of the limit that is reached: when it makes sense to come back (RFC 9110 §10.2.3), and the policy
 * (draft-ietf-httpapi-ratelimit-headers-10). Names and values in turn.
 */
export function rateLimitLines({ name, points, seconds, resetSeconds }: ReachedLimit): string[] {
  return [
    ...['Retry-After', String(resetSeconds)],
    ...['RateLimit', `"${name}";r=0;t=${resetSeconds}`],
    ...['RateLimit-Policy', `"${name}";q=${points};w=${seconds}`],
  ]
}
