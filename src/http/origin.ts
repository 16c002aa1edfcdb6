import type { Request } from 'express'
import type { Origin } from '../services/origin.ts'

const USER_AGENT_CHARACTERS = 500

/** Who is at the other end of the socket. Headers that claim another address do not count. */
export function originOf({ socket, headers, context }: Request): Origin {
  return {
    actorId: context.caller?.sub ?? null,
    ip: normalizeAddress(socket.remoteAddress),
    userAgent: headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null,
    requestId: context.id,
  }
}

/** An IPv4 address that came through an IPv6 socket is written as IPv4; an IPv6 zone (RFC 4007 §11) is dropped. */
export function normalizeAddress(address: string | undefined): string | null {
  if (address === undefined) return null
  return address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
}
