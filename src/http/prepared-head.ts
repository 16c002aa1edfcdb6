import { ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http'
import { COMMON_LINES } from './answer.ts'

/** The head of answers that differ in nothing but the request id. */
export interface PreparedHead {
  /** Names and values in turn; the first is the request id's. */
  lines: readonly string[]
  /** The same without the request id, as it is sent. */
  text: string
}

/** Names and values in turn, and the same as text, which has been checked. */
type Lines = string[] & { text?: string }

const NO_LINES: string[] = []

/** The lines that every answer has, and `more`. Throws what Node throws for a name or a value that no header can have. */
export function prepareHead(more: readonly string[]): PreparedHead {
  const lines = [...COMMON_LINES, ...more]
  let text = ''
  for (let index = 2; index < lines.length; index += 2) {
    const [name = '', value = ''] = lines.slice(index, index + 2)
    validateHeaderName(name)
    validateHeaderValue(name, value)
    text += `${name}: ${value}\r\n`
  }
  return { lines, text }
}

/** Ends a request with nothing but a head. `requestId` has passed the pattern of request ids. */
export function sendPrepared(res: ServerResponse, status: 200 | 204, head: PreparedHead, requestId: string): void {
  const lines: Lines = head.lines.slice()
  lines[1] = requestId
  // A 204 has no length (RFC 9110 §8.6).
  if (status === 204) lines.text = `X-Request-Id: ${requestId}\r\n${head.text}`
  else lines.push('Content-Length', '0')
  res.writeHead(status, lines).end()
}

declare module 'http' {
  interface ServerResponse {
    /** Checks the lines of a head and puts them together, behind the status line. */
    _storeHeader(statusLine: string, lines: Lines | object | undefined): void
  }
}

/**
 * node:http's answer. Of a prepared head it takes the text, instead of checking every line of it again and putting them
 * together. What it overrides is not documented: where another Node does not call it, the lines go the way of all others.
 */
export class Answer extends ServerResponse {
  override _storeHeader(statusLine: string, lines: Lines | object | undefined): void {
    if (lines !== undefined && 'text' in lines) super._storeHeader(statusLine + lines.text, NO_LINES)
    else super._storeHeader(statusLine, lines)
  }
}
