import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'
import { eventually } from './server-process.ts'

const DEPLOY = new URL('../../deploy/', import.meta.url)
// Debian keeps servers where an ordinary user's PATH does not look.
const PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin`

/** A program that runs one of the files of `deploy/`. */
export interface GatewayProgram {
  name: string
  /** Beneath `deploy/`; the first is what the program is given. */
  files: readonly string[]
  /** How the main file says where to listen, and how a test says it. */
  listens: string
  listensAt(port: number): string
  /** Where the files lie, where they say it. */
  folder?: string
  /** What only a test adds around the main file: nothing that decides. */
  wrap(main: string, folder: string): string
  /** How it is started with the main file of a folder. */
  args(main: string, folder: string): string[]
}

export const nginx: GatewayProgram = {
  name: 'nginx',
  files: ['nginx/gatehouse.conf'],
  listens: 'listen 8080',
  listensAt: (port) => `listen 127.0.0.1:${port}`,
  wrap: (main, folder) =>
    [
      'daemon off; master_process off; error_log stderr;',
      `pid ${folder}/pid;`,
      'events {}',
      'http {',
      'access_log off;',
      ...['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`),
      main,
      '}',
    ].join('\n'),
  args: (main, folder) => ['-e', 'stderr', '-p', folder, '-c', main],
}

export const nginxBalancer: GatewayProgram = { ...nginx, files: ['nginx/balancer.conf'] }

export const caddy: GatewayProgram = {
  name: 'caddy',
  files: ['caddy/Caddyfile'],
  listens: ':8080 {',
  listensAt: (port) => `:${port} {\n\tbind 127.0.0.1`,
  wrap: (main) => `{\n\tadmin off\n}\n\n${main}`,
  args: (main) => ['run', '--adapter', 'caddyfile', '--config', main],
}

export const haproxy: GatewayProgram = {
  name: 'haproxy',
  files: ['haproxy/haproxy.cfg', 'haproxy/gatehouse.lua'],
  listens: 'bind :8080',
  listensAt: (port) => `bind 127.0.0.1:${port}`,
  folder: '/etc/haproxy/',
  wrap: (main) => main,
  args: (main) => ['-db', '-f', main],
}

/** Why the tests of a program must be skipped, or false. */
export function missing({ name }: GatewayProgram): string | false {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH } })
  return found.status === 0 ? false : `${name} is not installed`
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>

export interface Behind {
  gatehousePort: number
  upstreamPort: number
}

/** A gateway of `deploy/` before one service. `await using` stops it. */
export async function startGateway(program: GatewayProgram, { gatehousePort, upstreamPort }: Behind) {
  const { port, stop } = await startProgram(program, {
    'gatehouse:3000': `127.0.0.1:${gatehousePort}`,
    'app:8000': `127.0.0.1:${upstreamPort}`,
  })
  return { name: program.name, port, send, [Symbol.asyncDispose]: stop }

  function send(request: SentRequest): Promise<Received> {
    return sendTo(port, request)
  }
}

/** Runs a file of `deploy/` as it is, with other addresses. */
export async function startProgram(program: GatewayProgram, addresses: Readonly<Record<string, string>>) {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), `gatehouse-${program.name}-`))
  const replacements: [string, string][] = [
    [program.listens, program.listensAt(port)],
    ...Object.entries(addresses),
    ['abns@gatehouse-check', `abns@gatehouse-check-${port}`],
    [program.folder ?? folder, `${folder}/`],
  ]
  const paths: string[] = []
  for (const file of program.files) {
    const shown = await readFile(new URL(file, DEPLOY), 'utf8')
    const main = paths.length === 0
    // An address that is spelled otherwise would lead the test astray.
    for (const needed of main ? [program.listens, ...Object.keys(addresses)] : []) assert.ok(shown.includes(needed))
    const moved = replacements.reduce((content, [from, to]) => content.replaceAll(from, to), shown)
    const path = join(folder, file.split('/').at(-1) ?? file)
    await writeFile(path, main ? program.wrap(moved, folder) : moved)
    paths.push(path)
  }
  return { port, stop: await run(program, paths[0] ?? '', folder, port) }
}

async function run({ name, args }: GatewayProgram, main: string, folder: string, port: number) {
  const env = { PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const child = spawn(name, args(main, folder), { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'exit')
  try {
    await eventually(async () => isOver(child) || (await accepts(port)), `${name} listens`)
    assert.ok(!isOver(child), `${name} does not start:\n${output}`)
  } catch (error) {
    await stop()
    throw error
  }
  return stop

  async function stop(): Promise<void> {
    kill()
    await exited
    process.off('exit', kill)
    await rm(folder, { recursive: true, force: true })
  }
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } finally {
    socket.destroy()
  }
}

/** What came to a service behind a gateway. */
export interface Seen {
  method: string
  url: string
  /** As they came: in their case, and each as often as it came. */
  headers: [string, string][]
  trailers: [string, string][]
  body: string
}

export interface Service {
  port: number
  server: Server
  seen: Seen[]
  [Symbol.asyncDispose](): Promise<void>
}

/** A service that keeps what it gets and answers always the same. The default answer is 200 and what it got, as JSON. */
export async function startService(status = 200, headers: Record<string, string> = {}): Promise<Service> {
  const seen: Seen[] = []
  const server = createServer((req, res) => void answer(req, res))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, server, seen, [Symbol.asyncDispose]: close }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const got = await read(req)
    seen.push(got)
    res.writeHead(status, headers).end(status === 200 ? JSON.stringify(got) : undefined)
  }

  async function close(): Promise<void> {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
}

async function read(req: IncomingMessage): Promise<Seen> {
  const body = await text(req)
  const { method = '', url = '', rawHeaders, rawTrailers } = req
  return { method, url, headers: pairs(rawHeaders), trailers: pairs(rawTrailers), body }
}

const pairs = (flat: readonly string[]): [string, string][] =>
  flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? ''] as [string, string]] : []))

export interface SentRequest {
  method?: string
  /** Sent as it stands. */
  path: string
  /** Sent as they stand, beside Host. */
  headers?: [string, string][]
  body?: string
}

export interface Received {
  status: number
  headers: IncomingMessage['headers']
  text: string
}

/** Sends what `fetch` would mend or refuse. */
export async function sendTo(
  port: number,
  { method = 'GET', path, headers = [], body }: SentRequest,
): Promise<Received> {
  const all = [['Host', `127.0.0.1:${port}`], ...headers]
  if (body !== undefined) all.push(['Content-Length', String(Buffer.byteLength(body))])
  const req = request({ port, host: '127.0.0.1', method, path, headers: all.flat(), agent: false })
  req.end(body)
  const [res] = (await once(req, 'response')) as [IncomingMessage]
  return { status: res.statusCode ?? 0, headers: res.headers, text: await text(res) }
}
