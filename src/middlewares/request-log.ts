import type { IncomingMessage } from 'node:http'
import type { Request, RequestHandler } from 'express'
import morgan from 'morgan'
import type { RequestContext } from '../http/request-context.ts'
import type { Log } from '../infrastructure/log.ts'
import type { RequestTimes } from '../infrastructure/request-times.ts'

/** One line a request, and its time, when its answer is sent or its client is gone. */
export function requestLog(log: Log, requestTimes: RequestTimes): RequestHandler {
  const atEnd = morgan<Request>((tokens, req, res) => {
    const status = tokens.status?.(req, res)
    const end = {
      status: status === undefined ? null : Number(status),
      ms: Number(tokens['response-time']?.(req, res) ?? 0),
    }
    logRequest(log, req, req.context, end)
    requestTimes.end({ route: req.context.route, method: req.method, ...end })
    // Nothing is left for morgan to write.
    return null
  })
  return (req, res, next) => {
    requestTimes.begin()
    atEnd(req, res, next)
  }
}

/**
 * The route is the contract's pattern, never the path or the query that came: those can hold tokens. `status` is null
 * where the client was gone before.
 */
export function logRequest(
  log: Log,
  { method = '' }: IncomingMessage,
  { id, route, caller }: RequestContext,
  { status, ms }: { status: number | null; ms: number },
): void {
  log.request({ requestId: id, method, route, status, ms, userId: caller?.sub ?? null })
}
