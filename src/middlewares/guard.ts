import type { RequestHandler } from 'express'
import { AppError } from '../errors/app-error.ts'
import type { Guard } from '../http/mount-routes.ts'
import type { AccessService } from '../services/access.service.ts'
import type { AccessClaims } from '../services/access-token.service.ts'

/** What reads each cookie. */
export type Cookies = Readonly<Record<'refreshCookie' | 'deviceCookie', readonly RequestHandler[]>>

/** Holds what a contract says of access: first who calls (401), then whether that is enough (403). */
export function createGuard(access: AccessService, cookies: Cookies): Guard {
  return ({ access: rule, refreshCookie, deviceCookie }) => [
    ...callerChecks(rule),
    ...(refreshCookie ? cookies.refreshCookie : []),
    ...(deviceCookie ? cookies.deviceCookie : []),
  ]

  function callerChecks(rule: Parameters<Guard>[0]['access']): RequestHandler[] {
    if (rule === 'public') return []
    if (rule === 'optional') return [authenticateIfGood]
    return rule === 'signed-in' ? [authenticate] : [authenticate, requireRole(rule.role)]
  }

  function authenticate(...[req, , next]: Parameters<RequestHandler>): Promise<void> | void {
    const caller = access.authenticate(req.context.headers.authorization)
    if (caller instanceof Promise) return caller.then(admit)
    admit(caller)

    function admit(claims: AccessClaims): void {
      req.context.caller = claims
      next()
    }
  }

  /** Another proof may do instead; the refusal is kept for the case that none comes. */
  async function authenticateIfGood(...[req, , next]: Parameters<RequestHandler>): Promise<void> {
    try {
      req.context.caller = await access.authenticate(req.context.headers.authorization)
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'unavailable') throw error
      req.context.refusal = error
    }
    next()
  }

  function requireRole(role: string): RequestHandler {
    return (req, _res, next) => {
      if (!req.context.caller) throw new AppError('unauthenticated')
      access.authorize(req.context.caller, [role])
      next()
    }
  }
}
