import type { IncomingMessage } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import proxyAddr from 'proxy-addr'
import type { Log } from '../services/log.ts'

/** Where a request comes from, in the normal form of an address; null where the socket has none. */
export type ClientAddress = (req: IncomingMessage) => string | null

/**
 * The address at the other end of the socket. Where that is one of the `trusted` (addresses, CIDR, or `loopback`,
 * `linklocal`, `uniquelocal`), it is the last address in `X-Forwarded-For` that is not: what stands before it anybody can
 * write (ASVS 15.3.4).
 */
export function createClientAddress(trusted: readonly string[], log: Pick<Log, 'warn'>): ClientAddress {
  if (trusted.length === 0) return peerAddress(log)
  const isTrusted = proxyAddr.compile([...trusted])
  return (req) => normalizeAddress(proxyAddr(req, isTrusted)) ?? normalizeAddress(req.socket.remoteAddress)
}

/** Behind a proxy that nobody named all clients are one, and share their limits: whoever runs this should know. */
function peerAddress(log: Pick<Log, 'warn'>): ClientAddress {
  let isSaid = false
  return ({ socket, context }) => {
    if (!isSaid && context.headers['x-forwarded-for'] !== undefined) {
      isSaid = true
      log.warn({ peer: socket.remoteAddress }, 'X-Forwarded-For counts for nothing: TRUST_PROXY names no proxy')
    }
    return normalizeAddress(socket.remoteAddress)
  }
}

/**
 * One text for one host: an IPv4 address that is written as IPv6 is IPv4, an IPv6 address has its shortest form
 * (RFC 5952) and no zone (RFC 4007 §11). Null for what is no address.
 */
export function normalizeAddress(address = ''): string | null {
  if (isIPv4(address)) return address
  const [withoutZone = ''] = address.split('%')
  return isIPv6(withoutZone) ? ipaddr.process(withoutZone).toString() : null
}
