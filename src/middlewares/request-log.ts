import type { Request, RequestHandler } from 'express'
import morgan from 'morgan'
import type { Log } from '../infrastructure/log.ts'

/**
 * One line a request, when its answer is sent or its client is gone. The route is the contract's pattern, never the
 * path or the query that came: those can hold tokens.
 */
export function requestLog(log: Log): RequestHandler {
  return morgan<Request>((tokens, req, res) => {
    const status = tokens.status?.(req, res)
    log.info(
      {
        requestId: req.context.id,
        method: req.method,
        route: req.context.route,
        status: status === undefined ? null : Number(status),
        ms: Number(tokens['response-time']?.(req, res) ?? 0),
        userId: req.context.caller?.sub ?? null,
      },
      'request',
    )
    // Nothing is left for morgan to write.
    return null
  })
}
