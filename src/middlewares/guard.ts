import type { RequestHandler } from 'express'
import { AppError } from '../errors/app-error.ts'
import type { Guard } from '../http/mount-routes.ts'
import type { AccessTokenService } from '../services/access-token.service.ts'

/** Holds what a contract says of access: first who calls (401), then whether that is enough (403). */
export function createGuard(accessTokens: AccessTokenService): Guard {
  return (access) => {
    if (access === 'public') return []
    if (access === 'signed-in') return [authenticate]
    return [authenticate, requireRole(access.role)]
  }

  function authenticate(...[req, , next]: Parameters<RequestHandler>): void {
    req.context.caller = accessTokens.verify(bearerToken(req.headers.authorization))
    next()
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

function requireRole(role: string): RequestHandler {
  return (req, _res, next) => {
    if (!req.context.caller?.roles.includes(role)) throw new AppError('forbidden')
    next()
  }
}
