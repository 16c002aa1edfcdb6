import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { DirectAnswer, DirectHandler } from '../http/direct-answer.ts'
import { headLines, NOT_KEPT } from '../http/head-lines.ts'
import { createRequestContext, type RequestContext } from '../http/request-context.ts'
import type { ErrorAnswer } from './error-handler.ts'
import { requireReadable } from './refuse-unreadable.ts'
import type { RequestLog } from './request-log.ts'

export interface DirectAnswerOptions {
  /** Answered with all that is below it. */
  path: string
  answer: DirectHandler
  requestLog: RequestLog
  answerError: ErrorAnswer
}

/**
 * Answers one path before Express sees the request, for a route that is asked as often as all others together. What every
 * other request passes is here too, made of the same functions: request id, log line, security headers, refusal of what
 * cannot be read, errors, times. CORS is not: a preflight that a gateway passes on must not be let through.
 */
export function directAnswer(
  { path, answer, requestLog, answerError }: DirectAnswerOptions,
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
    req.context = context
    try {
      requireReadable(req, res)
      const answered = answer(req, context)
      if (answered instanceof Promise) {
        void wait(answered, req, res, startedAt)
        return
      }
      send(answered, context, res)
    } catch (error) {
      answerError(error, context, res)
    }
    requestLog.now(req, res, startedAt)
  }

  async function wait(answered: Promise<DirectAnswer>, req: IncomingMessage, res: ServerResponse, startedAt: number) {
    try {
      send(await answered, req.context, res)
    } catch (error) {
      answerError(error, req.context, res)
    }
    requestLog.now(req, res, startedAt)
  }
}

function send({ status, template }: DirectAnswer, { id }: RequestContext, res: ServerResponse): void {
  const lines = headLines(id, NOT_KEPT, template)
  // A 204 has no length (RFC 9110 §8.6).
  if (status !== 204) lines.push('Content-Length', '0')
  res.writeHead(status, lines).end()
}

function isUnder(path: string, target: string): boolean {
  if (!target.startsWith(path)) return false
  const next = target[path.length]
  return next === undefined || next === '/' || next === '?'
}
