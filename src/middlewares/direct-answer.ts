import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { DirectAnswer } from '../http/direct-answer.ts'
import { createRequestContext, type RequestContext } from '../http/request-context.ts'
import { securityHeaderLines, writeSecurityHeaders } from '../http/security-headers.ts'
import type { Log } from '../infrastructure/log.ts'
import type { RequestTimes } from '../infrastructure/request-times.ts'
import type { ErrorAnswer } from './error-handler.ts'
import { requireReadable } from './refuse-unreadable.ts'
import { logRequest } from './request-log.ts'

export interface DirectAnswerOptions {
  /** Answered with all that is below it. */
  path: string
  answer: (req: IncomingMessage, context: RequestContext) => DirectAnswer
  log: Log
  requestTimes: RequestTimes
  answerError: ErrorAnswer
}

/**
 * Answers one path before Express sees the request, for a route that is asked as often as all others together. What
 * Express's middlewares add is here too, made of the same functions: request id, log line, security headers, refusal of
 * what cannot be read, errors, times. CORS is not: a preflight that a gateway passes on must not be let through.
 */
export function directAnswer(
  { path, answer, log, requestTimes, answerError }: DirectAnswerOptions,
  next: RequestListener,
): RequestListener {
  return (req, res) => {
    if (isUnder(path, req.url ?? '')) handle(req, res)
    else next(req, res)
  }

  function handle(req: IncomingMessage, res: ServerResponse): void {
    const startedAt = performance.now()
    const context = createRequestContext(req.rawHeaders)
    context.route = path
    try {
      requireReadable(req, context.headers, res)
      const { status, lines } = answer(req, context)
      res.writeHead(status, [...securityHeaderLines, ...noBody(status), 'X-Request-Id', context.id, ...lines]).end()
    } catch (error) {
      res.setHeader('X-Request-Id', context.id)
      writeSecurityHeaders(res)
      answerError(error, context, res)
    }
    const end = { status: res.statusCode, ms: millisecondsSince(startedAt) }
    logRequest(log, req, context, end)
    requestTimes.observe({ route: path, method: req.method ?? '', ...end })
  }
}

function isUnder(path: string, target: string): boolean {
  if (!target.startsWith(path)) return false
  const next = target[path.length]
  return next === undefined || next === '/' || next === '?'
}

/** A 204 has no length (RFC 9110 §8.6). */
const noBody = (status: number): readonly string[] => (status === 204 ? [] : ['Content-Length', '0'])

/** To the microsecond, as morgan does it. */
const millisecondsSince = (startedAt: number): number => Math.round((performance.now() - startedAt) * 1000) / 1000
