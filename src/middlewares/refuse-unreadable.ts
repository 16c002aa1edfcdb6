import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { invalidRequest } from '../errors/app-error.ts'

/** Headers that decide something, and of which Node silently takes the first. */
const SINGLE_HEADERS = ['authorization', 'content-type', 'host']

const EXPECTATIONS = new Set([undefined, '100-continue'])

export function refuseUnreadable(): RequestHandler {
  return (req, _res, next) => {
    requireReadable(req)
    next()
  }
}

/** Refuses, before any route is looked for, what two readers could read in two ways (ASVS 4.2.1). */
export function requireReadable({ url = '', headers, rawHeaders, httpVersion }: IncomingMessage): void {
  const repeated = SINGLE_HEADERS.find((name) => countOf(name, rawHeaders) > 1)
  if (repeated) throw invalidRequest('', `the header ${repeated} is given twice`)
  // RFC 9112 §3.2 and RFC 9110 §10.1.1.
  if (headers.host === undefined && httpVersion !== '1.0') throw invalidRequest('', 'the header host is missing')
  if (!EXPECTATIONS.has(headers.expect?.toLowerCase())) throw invalidRequest('', 'the header expect asks for too much')
  if (!isDecodable(pathOf(url))) throw invalidRequest('', 'the path is not valid percent-encoded UTF-8')
}

function countOf(wanted: string, rawHeaders: readonly string[]): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length === wanted.length && name.toLowerCase() === wanted) count += 1
  }
  return count
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
