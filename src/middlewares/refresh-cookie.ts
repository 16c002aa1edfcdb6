import type { IncomingHttpHeaders } from 'node:http'
import type { Request, RequestHandler } from 'express'
import { AppError } from '../errors/app-error.ts'
import { parseCookies, readCookie } from '../http/read-cookie.ts'
import { REFRESH_COOKIE } from '../http/refresh-cookie.ts'

/**
 * Reads the refresh token of a browser. A cookie travels by itself, so one that comes with a request of another site is
 * refused before anything is done with it (ASVS 3.5.1, 3.5.8).
 */
export function refreshCookie(ownOrigins: ReadonlySet<string>): RequestHandler[] {
  return [
    parseCookies,
    (req: Request, _res, next) => {
      const isSent = req.cookies[REFRESH_COOKIE] !== undefined
      if (isSent && !isSameSite(req.headers, ownOrigins)) throw new AppError('cross_site_request')
      req.context.refreshCookie = readCookie(req, REFRESH_COOKIE)
      next()
    },
  ]
}

/**
 * `Sec-Fetch-Site` is the browser's own word and cannot be set by a page; `Origin` is for browsers that do not send it,
 * and for the origins that CORS_ORIGINS lets in. Who sends neither is no browser.
 */
function isSameSite(headers: IncomingHttpHeaders, ownOrigins: ReadonlySet<string>): boolean {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  if (origin !== undefined && ownOrigins.has(origin)) return true
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return origin === undefined
}
