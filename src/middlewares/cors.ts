import cors from 'cors'
import type { RequestHandler } from 'express'
import { sendNoContent } from '../http/answer.ts'
import type { Check } from './every-request.ts'

/** Headers of answers that a page of another origin may read. */
const EXPOSED = ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'WWW-Authenticate', 'Allow']

/**
 * Lets pages of exactly these origins read answers, errors included, and send cookies (ASVS 3.4.2). To all others it is as
 * if there were no CORS.
 */
export function crossOrigin(origins: readonly string[]): Check {
  const known = new Set(origins)
  const allow = cors({
    origin: (origin, answer) => answer(null, origin !== undefined && known.has(origin)),
    credentials: true,
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
    exposedHeaders: EXPOSED,
    maxAge: 600,
    preflightContinue: true,
  })
  return (req, res) => {
    // Also where there is no CORS header, or a cache would give the answer of one origin to another.
    res.setHeader('Vary', 'Origin')
    allow(req, res, () => undefined)
  }
}

/** Answers the preflights that `crossOrigin` allowed. Any other OPTIONS is a method like others. */
export function preflight(): RequestHandler {
  return (req, res, next) => {
    const isAsked = req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined
    if (isAsked && res.hasHeader('Access-Control-Allow-Origin')) sendNoContent(res)
    else next()
  }
}
