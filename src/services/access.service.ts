import { AppError } from '../errors/app-error.ts'
import type { AccessClaims, AccessTokenService } from './access-token.service.ts'
import type { AuthorizationFeed } from './authorization-feed.service.ts'

export interface AccessDependencies {
  accessTokens: Pick<AccessTokenService, 'verify'>
  feed: Pick<AuthorizationFeed, 'present'>
}

export type AccessService = ReturnType<typeof createAccessService>

/** Who calls, and whether that is enough: what decides behind every route and behind `/verify`. Reads memory only. */
export function createAccessService({ accessTokens, feed }: AccessDependencies) {
  return { authenticate, authorize }

  /**
   * The claims of whoever sent this `Authorization` header, as they hold now. Throws `unauthenticated`, `invalid_token`,
   * and `unavailable` where this node is out of contact.
   */
  function authenticate(authorization: string | undefined): AccessClaims {
    const caller = feed.present(accessTokens.verify(bearerToken(authorization)))
    if (!caller) throw new AppError('invalid_token')
    return caller
  }

  /** Throws `forbidden` where the caller has none of the roles. No roles mean that being signed in is enough. */
  function authorize(caller: AccessClaims, anyOf: readonly string[]): void {
    if (anyOf.length > 0 && !anyOf.some((role) => caller.roles.includes(role))) throw new AppError('forbidden')
  }
}

/**
 * The token of an `Authorization` header: the scheme in any case, one space, nothing behind the token (RFC 6750 §2.1).
 * Another scheme, or none, is `unauthenticated`.
 */
function bearerToken(authorization: string | undefined): string {
  const [scheme = '', token, ...rest] = (authorization ?? '').split(' ')
  if (scheme.toLowerCase() !== 'bearer' || token === undefined) throw new AppError('unauthenticated')
  if (rest.length > 0) throw new AppError('invalid_token')
  return token
}
