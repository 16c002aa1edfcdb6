import type { IncomingMessage } from 'node:http'
import { LRUCache } from 'lru-cache'
import { checkShape } from '../http/check-shape.ts'
import { readQuery } from '../http/read-query.ts'
import type { RequestContext } from '../http/request-context.ts'
import { presentCaller, ROLE, verifyQuery } from '../schemas/verify.schema.ts'
import type { AccessService } from '../services/access.service.ts'
import type { AccessClaims } from '../services/access-token.service.ts'

export type VerifyController = ReturnType<typeof createVerifyController>

/** A gateway's configuration has a handful of different queries. */
const CACHED_QUERIES = 100

/** Answers gateways. Nothing here waits: the answer is known when the function returns. */
export function createVerifyController(access: AccessService) {
  const rolesByQuery = new LRUCache<string, readonly string[]>({ max: CACHED_QUERIES })
  // The claims of a token that comes again are the same object, as long as nothing about them changed.
  const linesByCaller = new WeakMap<AccessClaims, readonly string[]>()

  /** The header lines of a 204, names and values in turn. Throws what access throws, and `invalid_request`. */
  return function verify({ url = '' }: IncomingMessage, context: RequestContext): readonly string[] {
    const caller = access.authenticate(context.headers.authorization)
    context.caller = caller
    access.authorize(caller, rolesIn(url))
    return linesOf(caller)
  }

  function rolesIn(url: string): readonly string[] {
    const start = url.indexOf('?')
    const query = start === -1 ? '' : url.slice(start)
    const known = rolesByQuery.get(query)
    if (known) return known
    const { role } = checkShape(verifyQuery, readQuery(query, ROLE))
    rolesByQuery.set(query, role)
    return role
  }

  function linesOf(caller: AccessClaims): readonly string[] {
    const known = linesByCaller.get(caller)
    if (known) return known
    const lines = presentCaller(caller)
    linesByCaller.set(caller, lines)
    return lines
  }
}
