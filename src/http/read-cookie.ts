import cookieParser from 'cookie-parser'
import type { Request } from 'express'
import { invalidRequest } from '../errors/app-error.ts'

/** Has to run before `readCookie`. */
export const parseCookies = cookieParser()

/**
 * The text of a cookie, null where there is none. Throws `invalid_request` where it is given twice, in one header or in
 * two: a browser sends the one for a longer path first, the parser takes the first, and whoever planted it would have
 * chosen (RFC 6265 §8.6).
 */
export function readCookie({ cookies, headers }: Request, name: string): string | null {
  if (timesGiven(headers.cookie ?? '', name) > 1) throw invalidRequest('', `the cookie ${name} is given twice`)
  const cookie: unknown = cookies[name]
  // cookie-parser makes an object of what begins with `j:`. No cookie of ours does.
  return typeof cookie === 'string' ? cookie : null
}

/** Counted as the parser reads it: Node has joined all headers to one. */
function timesGiven(header: string, name: string): number {
  return header.split(';').filter((pair) => pair.split('=', 1)[0]?.trim() === name).length
}
