import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { ClientAddress } from '../http/client-address.ts'
import { createRequestContext } from '../http/request-context.ts'
import type { ErrorAnswer } from './error-handler.ts'
import type { RequestLog } from './request-log.ts'

/** Looks at a request before any route is looked for. Throws where it is refused. */
export type Check = (req: IncomingMessage, res: ServerResponse) => void

export interface EveryRequestDependencies {
  clientAddress: ClientAddress
  requestLog: RequestLog
  answerError: ErrorAnswer
}

/**
 * What every request passes before Express: it is given its context, its line in the log and its time, and it is checked.
 * All of it is done at once, so none of it is an Express middleware, whose call costs more than most of these take.
 */
export function everyRequest(
  { clientAddress, requestLog, answerError }: EveryRequestDependencies,
  checks: readonly Check[],
  next: RequestListener,
): RequestListener {
  return (req, res) => {
    const context = createRequestContext(req.rawHeaders)
    req.context = context
    requestLog.atEnd(req, res)
    try {
      context.ip = clientAddress(req)
      for (const check of checks) check(req, res)
    } catch (error) {
      answerError(error, context, res)
      return
    }
    next(req, res)
  }
}
