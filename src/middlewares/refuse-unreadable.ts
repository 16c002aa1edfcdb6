import type { IncomingMessage, ServerResponse } from 'node:http'
import { invalidRequest } from '../errors/app-error.ts'
import { type DecisiveHeaders, MAX_HEADERS } from '../http/decisive-headers.ts'
import { unreadableTarget } from '../http/request-target.ts'

/** Headers of which Node silently takes the first, or joins what should not be. */
const SINGLE_HEADERS: ReadonlySet<string> = new Set(['authorization', 'content-type', 'host', 'transfer-encoding'])

const VERSIONS = new Set(['1.0', '1.1'])
const EXPECTATIONS = new Set([undefined, '100-continue'])

/** A host and a port, by their characters (RFC 9112 §3.2); nothing here reads them. */
const HOST = /^[\w.~%!$&'()*+;=:[\]-]*$/

/**
 * Refuses, before any route is looked for, what two readers could read in two ways (ASVS 4.2.1). The connection is closed,
 * because where its next request begins could be read in two ways, too.
 */
export function requireReadable(req: IncomingMessage, res: ServerResponse): void {
  const { headers } = req.context
  const reason = unreadableMessage(req, headers) ?? unreadableHost(req, headers) ?? unreadableTarget(req.url ?? '')
  if (reason === null) return
  res.setHeader('Connection', 'close')
  throw invalidRequest('', reason)
}

function unreadableMessage({ rawHeaders, httpVersion }: IncomingMessage, headers: DecisiveHeaders): string | null {
  if (rawHeaders.length > 2 * MAX_HEADERS) return `there are more than ${MAX_HEADERS} headers`
  if (!VERSIONS.has(httpVersion)) return 'the version is not HTTP/1.1'
  const repeated = headers.repeated.find((name) => SINGLE_HEADERS.has(name))
  if (repeated) return `the header ${repeated} is given twice`
  // RFC 9112 §6.1 and RFC 9110 §10.1.1.
  if (!isReadableEncoding(headers['transfer-encoding'], httpVersion))
    return 'the header transfer-encoding is not chunked'
  if (!EXPECTATIONS.has(headers.expect?.toLowerCase())) return 'the header expect asks for too much'
  return null
}

function isReadableEncoding(encoding: string | undefined, httpVersion: string): boolean {
  return encoding === undefined || (encoding.toLowerCase() === 'chunked' && httpVersion === '1.1')
}

function unreadableHost({ httpVersion }: IncomingMessage, { host }: DecisiveHeaders): string | null {
  if (host === undefined) return httpVersion === '1.0' ? null : 'the header host is missing'
  return HOST.test(host) ? null : 'the header host is not a host'
}
