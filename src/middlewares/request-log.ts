import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../infrastructure/log.ts'
import type { RequestEnd, RequestTimes } from '../infrastructure/request-times.ts'

export type RequestLog = ReturnType<typeof createRequestLog>

/** One line a request, and its time. */
export function createRequestLog(log: Log, requestTimes: RequestTimes) {
  return { atEnd, now }

  /** When the answer is sent, or its client is gone. */
  function atEnd(req: IncomingMessage, res: ServerResponse): void {
    const startedAt = performance.now()
    requestTimes.begin()
    res.once('close', () => requestTimes.end(write(req, res, startedAt)))
  }

  /** For a request that is answered already. */
  function now(req: IncomingMessage, res: ServerResponse, startedAt: number): void {
    requestTimes.observe(write(req, res, startedAt))
  }

  /**
   * The route is the contract's pattern, never the path or the query that came: those can hold tokens. `status` is null
   * where the client was gone before.
   */
  function write({ method = '', context }: IncomingMessage, res: ServerResponse, startedAt: number): RequestEnd {
    const { id: requestId, route, caller } = context
    const status = res.headersSent ? res.statusCode : null
    const line = { requestId, method, route, status, ms: millisecondsSince(startedAt), userId: caller?.sub ?? null }
    log.request(line)
    return line
  }
}

/** To the microsecond. */
const millisecondsSince = (startedAt: number): number => Math.round((performance.now() - startedAt) * 1000) / 1000
