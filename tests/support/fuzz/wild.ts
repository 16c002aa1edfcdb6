import fc from 'fast-check'
import type { RouteContract } from '../../../src/http/route.ts'
import type { Draft } from './draft.ts'
import { ACTORS } from './known.ts'
import { strangeHeaders } from './strange.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'LINK']

const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array).toString('latin1'))

/** Requests that keep to nothing but HTTP: a path of a contract or any, any headers, any bytes. */
export function wildRequests(contracts: readonly RouteContract[]): fc.Arbitrary<Draft> {
  const text = fc.stringMatching(/^[!-"$->@-~]*$/, { maxLength: 60 })
  return fc.record({
    // Whoever may do everything would do it by accident.
    actor: fc.constantFrom(...ACTORS.filter((actor) => actor !== 'admin')),
    method: fc.constantFrom(...METHODS),
    path: fc.oneof(
      fc.constantFrom(...contracts.map(({ path }) => path)),
      text.map((rest) => `/${rest}`),
    ),
    query: fc.oneof(fc.constant(''), text, fc.webQueryParameters()),
    headers: fc.array(strangeHeaders(), { maxLength: 8 }),
    body: fc.option(fc.record({ bytes: fc.oneof(bytes(200), bytes(30_000), fc.json()) }), { nil: undefined }),
  }) as fc.Arbitrary<Draft>
}

/** Bytes to a socket that are hardly HTTP any more. */
export function rawRequests(contracts: readonly RouteContract[]): fc.Arbitrary<string> {
  const lineOf = ({ method, path }: RouteContract) => `${method.toUpperCase()} ${path} HTTP/1.1`
  const broken = fc.constantFrom(
    '\n',
    '\r',
    '\0',
    '\x1b[31m',
    ':',
    ' ',
    '\t',
    '\xff',
    'HTTP/1.1',
    'Content-Length: 5\r\n',
    'a'.repeat(20_000),
  )
  const lines = fc.constantFrom(
    ...[
      'Host: x',
      'Host: y',
      'Content-Length: 2',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: gzip',
    ],
    ...[
      'Expect: 100-continue',
      'Upgrade: h2c',
      'Connection: upgrade',
      'Content-Type: application/json',
      'Authorization: Bearer ~user.token~',
    ],
    ...['X: y\r\n z', 'X : y', 'X: \u001b', ': x', '"', 'Trailer: x', 'TE: trailers'],
  )
  const request = fc
    .tuple(
      fc.oneof(
        fc.constantFrom(...contracts.map(lineOf)),
        fc.constantFrom(
          'GET http://x/healthz HTTP/1.1',
          'GET * HTTP/1.1',
          'PRI * HTTP/2.0',
          'GET /healthz HTTP/9.9',
          'GET /healthz',
          'CONNECT x:1 HTTP/1.1',
        ),
      ),
      fc.array(lines, { maxLength: 6 }),
      fc.constantFrom('', '{}', '2\r\n{}\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '{}GET / HTTP/1.1\r\n\r\n'),
      fc.option(fc.tuple(fc.nat(), broken)),
    )
    .map(([line, headers, body, splice]) => {
      const text = `${[line, ...headers].join('\r\n')}\r\n\r\n${body}`
      if (!splice) return text
      const at = splice[0] % text.length
      return text.slice(0, at) + splice[1] + text.slice(at)
    })
  return fc.oneof({ arbitrary: request, weight: 4 }, bytes(2000))
}
