import type { IncomingMessage } from 'node:http'
import type { Client } from '../services/session.service.ts'

/** Who is at the other end of the socket. Headers that claim another address do not count. */
export function clientOf({ socket, headers }: IncomingMessage): Client {
  return { ip: normalizeAddress(socket.remoteAddress), userAgent: headers['user-agent'] ?? null }
}

/** An IPv4 address that came through an IPv6 socket is written as IPv4; an IPv6 zone (RFC 4007 §11) is dropped. */
export function normalizeAddress(address: string | undefined): string | null {
  if (address === undefined) return null
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}
