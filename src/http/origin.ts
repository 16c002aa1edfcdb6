import type { Origin } from '../services/origin.ts'
import type { RequestContext } from './request-context.ts'

const USER_AGENT_CHARACTERS = 500

export function originOf({ id: requestId, caller, ip, headers }: RequestContext): Origin {
  const userAgent = headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null
  return { actorId: caller?.sub ?? null, ip, userAgent, requestId }
}
