import type { ErrorRequestHandler } from 'express'
import { AppError } from '../errors/app-error.ts'
import { sendProblem, toProblemError } from '../http/problem.ts'
import type { Log } from '../infrastructure/log.ts'

export interface ErrorHandlerDependencies {
  log: Log
  /** Whether an error means that something this service depends on does not answer. */
  isOutage(error: unknown): boolean
}

/** The one place where an error becomes an answer. What is not the client's doing goes to the log with its cause. */
export function errorHandler({ log, isOutage }: ErrorHandlerDependencies): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const known = isOutage(error) ? new AppError('unavailable', { cause: error }) : error
    const { code, errors, status } = toProblemError(known)
    const requestId = req.context.id
    if (status === 500) log.error({ requestId, err: error }, 'unexpected error')
    else if (code === 'unavailable') log.warn({ requestId, err: error }, 'a dependency does not answer')
    if (res.headersSent) {
      res.destroy()
      return
    }
    sendProblem(res, { code, requestId, errors })
  }
}
