import type { ServerResponse } from 'node:http'
import type { ErrorRequestHandler } from 'express'
import { AppError } from '../errors/app-error.ts'
import { sendProblem, toProblemError } from '../http/problem.ts'
import type { RequestContext } from '../http/request-context.ts'
import type { Log } from '../infrastructure/log.ts'

export interface ErrorAnswerDependencies {
  log: Log
  /** Whether an error means that something this service depends on does not answer. */
  isOutage(error: unknown): boolean
  countUnexpected(): void
}

/**
 * A client that comes back as soon as it is refused, whatever `Retry-After` says, would take more of the server with its
 * refusals than a login does. So a refusal for overload is held for a while, within the 250 ms of P5; of too many at once,
 * the rest are not.
 */
const HELD_MS = 150
const MAX_HELD = 1_000

export type ErrorAnswer = ReturnType<typeof createErrorAnswer>

/** The one place where an error becomes an answer. What is not the client's doing goes to the log with its cause. */
export function createErrorAnswer({ log, isOutage, countUnexpected }: ErrorAnswerDependencies) {
  let held = 0
  return answer

  function answer(error: unknown, { id: requestId }: RequestContext, res: ServerResponse): void {
    const known = isOutage(error) ? new AppError('unavailable', { cause: error }) : error
    const { code, errors, limit, status } = toProblemError(known)
    if (status === 500) {
      log.error({ requestId, err: error }, 'unexpected error')
      countUnexpected()
    } else if (code === 'unavailable') log.warn({ requestId, err: error }, 'a dependency does not answer')
    if (code === 'overloaded' && held < MAX_HELD) hold(send)
    else send()

    function send(): void {
      if (res.headersSent) res.destroy()
      else sendProblem(res, { code, requestId, errors, limit })
    }
  }

  function hold(send: () => void): void {
    held += 1
    setTimeout(() => {
      held -= 1
      send()
    }, HELD_MS)
  }
}

export function errorHandler(answerError: ErrorAnswer): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => answerError(error, req.context, res)
}
