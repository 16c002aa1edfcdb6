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
   * The claims of whoever sent this `Authorization` header, as they hold now: at once, where the token came before. Throws
   * `unauthenticated`, `invalid_token`, and `unavailable` where this node is out of contact.
   */
  function authenticate(authorization: string | undefined): AccessClaims | Promise<AccessClaims> {
    const claims = accessTokens.verify(bearerToken(authorization))
    return claims instanceof Promise ? claims.then(present) : present(claims)
  }

  function present(claims: AccessClaims): AccessClaims {
    const caller = feed.present(claims)
    if (!caller) throw new AppError('invalid_token')
    return caller
  }

  /** Throws `forbidden` where the caller has none of the roles. No roles mean that being signed in is enough. */
  function authorize(caller: AccessClaims, anyOf: readonly string[]): void {
    if (anyOf.length > 0 && !anyOf.some((role) => caller.roles.includes(role))) throw new AppError('forbidden')
  }
}

const BEARER = /^Bearer /i
const BEARER_LENGTH = 'Bearer '.length

/**
 * What stands behind the scheme, in any case, and one space of an `Authorization` header (RFC 6750 §2.1): a token, or
 * nothing that is one. Another scheme, or none, is `unauthenticated`.
 */
function bearerToken(authorization = ''): string {
  if (!BEARER.test(authorization)) throw new AppError('unauthenticated')
  return authorization.slice(BEARER_LENGTH)
}
