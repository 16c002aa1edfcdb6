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

export type ErrorAnswer = ReturnType<typeof createErrorAnswer>

/** The one place where an error becomes an answer. What is not the client's doing goes to the log with its cause. */
export function createErrorAnswer({ log, isOutage, countUnexpected }: ErrorAnswerDependencies) {
  return (error: unknown, { id: requestId }: RequestContext, res: ServerResponse): void => {
    const known = isOutage(error) ? new AppError('unavailable', { cause: error }) : error
    const { code, errors, limit, status } = toProblemError(known)
    if (status === 500) {
      log.error({ requestId, err: error }, 'unexpected error')
      countUnexpected()
    } else if (code === 'unavailable') log.warn({ requestId, err: error }, 'a dependency does not answer')
    if (res.headersSent) {
      res.destroy()
      return
    }
    sendProblem(res, { code, requestId, errors, limit })
  }
}

export function errorHandler(answerError: ErrorAnswer): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => answerError(error, req.context, res)
}
