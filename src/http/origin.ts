import type { Request } from 'express'
import type { Origin } from '../services/origin.ts'

const USER_AGENT_CHARACTERS = 500

export function originOf({ headers, context }: Request): Origin {
  return {
    actorId: context.caller?.sub ?? null,
    ip: context.ip,
    userAgent: headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null,
    requestId: context.id,
  }
}
