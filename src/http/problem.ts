import type { ServerResponse } from 'node:http'
import createHttpError, { type HttpError, isHttpError } from 'http-errors'
import { AppError, type FieldError, type ReachedLimit } from '../errors/app-error.ts'
import { type ErrorCode, errorTexts } from '../errors/error-codes.ts'
import { sendText } from './answer.ts'
import { headLines } from './head-lines.ts'
import { rateLimitLines } from './rate-limit-lines.ts'
import { closesConnection, headersByCode, statusByCode } from './status-by-code.ts'

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/** The body of every error answer (RFC 9457). */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  requestId: string
  errors?: readonly FieldError[]
}

/** An error on its way out: an HTTP error that knows its code and, where the request is wrong, the places. */
export type ProblemError = HttpError & Pick<AppError, 'code' | 'errors' | 'limit'>

/**
 * Gives any thrown value its HTTP form. What body-parser and Express throw for a bad request keeps its meaning;
 * everything unknown is `internal`, with the original as `cause` for the log.
 */
export function toProblemError(error: unknown): ProblemError {
  if (error instanceof AppError) return problemError(error.code, error.errors, error, error.limit)
  if (isHttpError(error) && error.status < 500) {
    if (error.status === 413) return problemError('payload_too_large', [], error)
    if (error.status === 415) return problemError('unsupported_media_type', [], error)
    return problemError('invalid_request', [{ pointer: '', message: 'cannot be read' }], error)
  }
  return problemError('internal', [], error)
}

function problemError(
  code: ErrorCode,
  errors: readonly FieldError[],
  cause: unknown,
  limit: ReachedLimit | null = null,
): ProblemError {
  return createHttpError(statusByCode[code], errorTexts[code].detail, { code, errors, limit, cause }) as ProblemError
}

export function problemBody(code: ErrorCode, requestId: string, errors: readonly FieldError[] = []): Problem {
  return {
    type: `urn:gatehouse:problem:${code}`,
    title: errorTexts[code].title,
    status: statusByCode[code],
    detail: errorTexts[code].detail,
    code,
    requestId,
    ...(errors.length > 0 && { errors }),
  }
}

/**
 * Writes an error answer with nothing but `node:http`, so that it also serves where Express is not reached.
 * `extra` are members beside the standard ones (RFC 9457 §3.2).
 */
export function sendProblem(
  res: ServerResponse,
  problem: {
    code: ErrorCode
    requestId: string
    errors?: readonly FieldError[]
    limit?: ReachedLimit | null
    extra?: object
  },
): void {
  const body = { ...problemBody(problem.code, problem.requestId, problem.errors), ...problem.extra }
  const text = JSON.stringify(body)
  const lines = headLines(problem.requestId)
  for (const [name, value] of Object.entries(headersByCode[problem.code] ?? {})) lines.push(name, value)
  if (problem.limit) lines.push(...rateLimitLines(problem.limit))
  if (closesConnection(problem.code)) res.setHeader('Connection', 'close')
  sendText(res, statusByCode[problem.code], text, PROBLEM_TYPE, lines)
}
