import type { Runtime } from 'node:inspector'

const GARBAGE = 'V8: garbage collection'
const OUTSIDE = 'outside JavaScript: epoll, read, HTTP parser'
const HTTP = 'Node: http, net, streams'
const CRYPTO = 'jsonwebtoken and crypto'

/** Node's own, in C++, which write to a socket or a file. */
const WRITES = /^(?:write|writev|write(?:Buffers?|String|Utf8String|Latin1String|AsciiString))$/

const OF_NODE: readonly [RegExp, string][] = [
  [/^node:(?:internal\/)?crypto/, CRYPTO],
  [/^node:(?:_http|net$|stream|_stream|internal\/(?:http|net|streams?|js_stream)(?:$|[/_]))/, HTTP],
  [/^node:/, 'Node: the rest (events, timers, buffers)'],
]

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'express and router': [
    ...['express', 'router', 'path-to-regexp', 'parseurl', 'finalhandler', 'merge-descriptors', 'setprototypeof'],
    ...['accepts', 'negotiator', 'encodeurl', 'escape-html', 'etag', 'fresh', 'mime-types', 'mime-db', 'vary'],
    ...['depd', 'proxy-addr', 'forwarded', 'ipaddr.js', 'qs', 'send', 'serve-static', 'statuses'],
  ],
  'body-parser': ['body-parser', 'raw-body', 'bytes', 'type-is', 'content-type', 'media-typer', 'iconv-lite', 'unpipe'],
  pg: [
    'pg',
    'pg-protocol',
    'pg-pool',
    'pg-types',
    'pg-int8',
    'postgres-array',
    'postgres-bytea',
    'postgres-date',
    'postgres-interval',
  ],
  'sequelize and its pool': [
    ...['sequelize', 'sequelize-pool', 'retry-as-promised', 'lodash', 'moment', 'moment-timezone', 'dottie'],
    ...['inflection', 'toposort-class', 'wkx', 'validator'],
  ],
  [CRYPTO]: [
    ...[
      'jsonwebtoken',
      'jws',
      'jwa',
      'ecdsa-sig-formatter',
      'safe-buffer',
      'buffer-equal-constant-time',
      'semver',
      'ms',
    ],
    ...['lodash.includes', 'lodash.isboolean', 'lodash.isinteger', 'lodash.isnumber', 'lodash.isplainobject'],
    ...['lodash.isstring', 'lodash.once'],
  ],
  'log: pino, morgan': [
    ...[
      'pino',
      'sonic-boom',
      'atomic-sleep',
      'pino-std-serializers',
      'quick-format-unescaped',
      'safe-stable-stringify',
    ],
    ...['morgan', 'on-headers', 'on-finished', 'ee-first'],
  ],
}

const layerByPackage = new Map(Object.entries(PACKAGES).flatMap(([layer, names]) => names.map((name) => [name, layer])))

/** Whose cost it is what a function does, its frame first, then its caller's. Null for the profiler's own. */
export function layerOf(frames: readonly Runtime.CallFrame[]): string | null {
  const [self] = frames
  if (self?.functionName === '(garbage collector)') return GARBAGE
  const urls = frames.map(({ url }) => url).filter(Boolean)
  if (urls.some((url) => url.includes('/bench/profile/'))) return null
  if (self?.url === '' && WRITES.test(self.functionName)) return `system call: write ${writtenTo(urls)}`
  // What is of V8 or in C++ has no URL: whoever calls it has.
  return layerOfUrl(urls[0])
}

function writtenTo(urls: readonly string[]): string {
  if (urls[0] === 'node:fs') return 'to the log'
  return urls.some((url) => packageOf(url) === 'pg') ? 'to PostgreSQL' : 'to the client'
}

function layerOfUrl(url: string | undefined): string {
  if (url === undefined) return OUTSIDE
  const name = packageOf(url)
  if (name !== undefined) return layerByPackage.get(name) ?? name
  const [, layer] = OF_NODE.find(([pattern]) => pattern.test(url)) ?? []
  return layer ?? layerOfOurs(url)
}

/** Of npm, if the file is of one. */
export function packageOf(url: string): string | undefined {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
}

function layerOfOurs(url: string): string {
  const folder = /\/src\/([^/]+)\//.exec(url)?.[1]
  return folder === undefined ? 'src: wiring' : `src/${folder}`
}
