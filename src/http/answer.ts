import type { ServerResponse } from 'node:http'
import { securityHeaderLines } from './security-headers.ts'

/** Nothing of an answer is kept by anybody (ASVS 14.2.2), where nothing else is said. */
export const NOT_KEPT = 'no-store'

const JSON_TYPE = 'application/json; charset=utf-8'

/** Of the first two, each answer has its own values. */
export const COMMON_LINES: readonly string[] = ['X-Request-Id', '', 'Cache-Control', NOT_KEPT, ...securityHeaderLines]

/**
 * The lines that every answer begins with, names and values in turn. They are handed to Node in one piece with the rest:
 * set one by one, each is checked, kept and written out by itself, which takes longer than all else that a route does.
 */
export function headLines(requestId: string, cacheControl = NOT_KEPT): string[] {
  const lines = COMMON_LINES.slice()
  lines[1] = requestId
  lines[3] = cacheControl
  return lines
}

/** Sets what every answer begins with, for answers that are put together step by step. */
export function beginAnswer(res: ServerResponse): void {
  const lines = headLines(res.req.context.id)
  for (let index = 0; index < lines.length; index += 2) res.setHeader(lines[index] ?? '', lines[index + 1] ?? '')
}

/** Ends a request with a JSON body. What was set before, a cookie, goes along. */
export function sendJson(res: ServerResponse, status: number, value: unknown, cacheControl = NOT_KEPT): void {
  const text = JSON.stringify(value)
  const lines = headLines(res.req.context.id, cacheControl)
  lines.push('Content-Type', JSON_TYPE, 'Content-Length', String(Buffer.byteLength(text)))
  res.writeHead(status, lines).end(text)
}

/** Ends a request with 204, which has no body and no length (RFC 9110 §8.6). */
export function sendNoContent(res: ServerResponse): void {
  res.writeHead(204, headLines(res.req.context.id)).end()
}
