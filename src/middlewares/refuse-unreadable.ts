import type { RequestHandler } from 'express'
import { invalidRequest } from '../errors/app-error.ts'

/** Headers that decide something, and of which Node silently takes the first. */
const SINGLE_HEADERS = new Set(['authorization', 'content-type', 'host'])

const EXPECTATIONS = new Set([undefined, '100-continue'])

/** Refuses, before any route is looked for, what two readers could read in two ways (ASVS 4.2.1). */
export function refuseUnreadable(): RequestHandler {
  return (req, _res, next) => {
    const repeated = repeatedHeader(req.rawHeaders)
    if (repeated) throw invalidRequest('', `the header ${repeated} is given twice`)
    // RFC 9112 §3.2 and RFC 9110 §10.1.1.
    if (req.headers.host === undefined && req.httpVersion !== '1.0')
      throw invalidRequest('', 'the header host is missing')
    if (!EXPECTATIONS.has(req.headers.expect?.toLowerCase()))
      throw invalidRequest('', 'the header expect asks for too much')
    if (!isDecodable(req.path)) throw invalidRequest('', 'the path is not valid percent-encoded UTF-8')
    next()
  }
}

function repeatedHeader(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  return names.find((name, index) => SINGLE_HEADERS.has(name) && names.indexOf(name) !== index)
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
