import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { invalidRequest } from '../errors/app-error.ts'
import type { DecisiveHeaders } from '../http/decisive-headers.ts'

/** Headers of which Node silently takes the first. */
const SINGLE_HEADERS = ['authorization', 'content-type', 'host'] as const

const EXPECTATIONS = new Set([undefined, '100-continue'])

export function refuseUnreadable(): RequestHandler {
  return (req, _res, next) => {
    requireReadable(req, req.context.headers)
    next()
  }
}

/** Refuses, before any route is looked for, what two readers could read in two ways (ASVS 4.2.1). */
export function requireReadable({ url = '', httpVersion }: IncomingMessage, headers: DecisiveHeaders): void {
  const repeated = SINGLE_HEADERS.find((name) => headers.repeated.includes(name))
  if (repeated) throw invalidRequest('', `the header ${repeated} is given twice`)
  // RFC 9112 §3.2 and RFC 9110 §10.1.1.
  if (headers.host === undefined && httpVersion !== '1.0') throw invalidRequest('', 'the header host is missing')
  if (!EXPECTATIONS.has(headers.expect?.toLowerCase())) throw invalidRequest('', 'the header expect asks for too much')
  if (!isDecodable(pathOf(url))) throw invalidRequest('', 'the path is not valid percent-encoded UTF-8')
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
