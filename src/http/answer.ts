import { ServerResponse } from 'node:http'
import { type HeadLines, headLines } from './head-lines.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** Sets what every answer begins with, for answers that are put together step by step. */
export function beginAnswer(res: ServerResponse): void {
  const lines = headLines(res.req.context.id)
  for (let index = 0; index < lines.length; index += 2) res.setHeader(lines[index] ?? '', lines[index + 1] ?? '')
}

/** Ends a request with a JSON body. What was set before, a cookie, goes along. */
export function sendJson(res: ServerResponse, status: number, value: unknown, cacheControl?: string): void {
  sendText(res, status, JSON.stringify(value), JSON_TYPE, headLines(res.req.context.id, cacheControl))
}

/** Ends a request with a text and its length. */
export function sendText(
  res: ServerResponse,
  status: number,
  text: string,
  contentType: string,
  lines: HeadLines,
): void {
  lines.push('Content-Type', contentType, 'Content-Length', String(Buffer.byteLength(text)))
  res.writeHead(status, lines).end(text)
}

/** Ends a request with 204, which has no body and no length (RFC 9110 §8.6). */
export function sendNoContent(res: ServerResponse): void {
  res.writeHead(204, headLines(res.req.context.id)).end()
}

declare module 'http' {
  interface ServerResponse {
    /** Checks the lines of a head and puts them together, behind the status line. */
    _storeHeader(statusLine: string, lines: HeadLines | object | undefined): void
  }
}

/**
 * node:http's answer. Where a part of a head is there as text, which has been checked, it takes that, instead of checking
 * each of its lines again and putting them together. What it overrides is not documented: where a Node does not call it,
 * all lines go the usual way. See docs/decisions/0023-heads.md.
 */
export class Answer extends ServerResponse {
  override _storeHeader(statusLine: string, lines: HeadLines | object | undefined): void {
    if (lines === undefined || !('text' in lines)) super._storeHeader(statusLine, lines)
    else super._storeHeader(statusLine + lines.text, lines.slice(lines.covered))
  }
}
