import type { Actor } from './known.ts'

export type HeaderLine = readonly [name: string, value: string]

/** A request as it is drawn: with names in the place of what only the running server knows. */
export interface Draft {
  actor: Actor
  method: string
  /** Path and query, as they stand in the request line. */
  path: string
  query: string
  headers: readonly HeaderLine[]
  /** JSON, or bytes as Latin-1 where they are to be sent as they are. */
  body?: { json: unknown } | { bytes: string }
}

/** The same, ready to be sent. */
export interface Sendable {
  method: string
  target: string
  /** Names and values in turn, as often as they come. */
  headers: string[]
  body: Buffer | null
}

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'])

export function sendable(
  { actor, method, path, query, headers, body }: Draft,
  fill: (text: string) => string,
): Sendable {
  // Without a length, Node's client would send an empty body in pieces.
  const bytes = body || !WITHOUT_BODY.has(method) ? bytesOf(body ?? { bytes: '' }, fill) : null
  const own: HeaderLine[] = []
  if (actor !== 'nobody') own.push(['Authorization', `Bearer ~${actor}.token~`])
  if (bytes) own.push(['Content-Length', String(bytes.length)])
  if (body && !headers.some(([name]) => name.toLowerCase() === 'content-type'))
    own.push(['Content-Type', 'application/json'])
  return {
    method,
    target: fill(query === '' ? path : `${path}?${query}`),
    headers: [...own, ...headers].flatMap(([name, value]) => [name, fill(value)]),
    body: bytes,
  }
}

const bytesOf = (body: NonNullable<Draft['body']>, fill: (text: string) => string): Buffer =>
  'json' in body ? Buffer.from(fill(JSON.stringify(body.json))) : Buffer.from(fill(body.bytes), 'latin1')
