import type { IncomingMessage } from 'node:http'
import { checkShape } from '../http/check-shape.ts'
import { readQuery } from '../http/read-query.ts'
import type { RequestContext } from '../http/request-context.ts'
import { presentCaller, ROLE, verifyQuery } from '../schemas/verify.schema.ts'
import type { AccessService } from '../services/access.service.ts'

export type VerifyController = ReturnType<typeof createVerifyController>

/** Answers gateways. Nothing here waits: the answer is known when the function returns. */
export function createVerifyController(access: AccessService) {
  /** The header lines of a 204, names and values in turn. Throws what access throws, and `invalid_request`. */
  return function verify({ url = '', headers }: IncomingMessage, context: RequestContext): string[] {
    const caller = access.authenticate(headers.authorization)
    context.caller = caller
    const { role } = checkShape(verifyQuery, readQuery(url, ROLE))
    access.authorize(caller, role)
    return presentCaller(caller)
  }
}
