import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../src/infrastructure/embedded-postgres/free-port.ts'
import { startGatehouse } from './gatehouse.ts'
import { requestsPerSecond } from './load.ts'
import { median } from './median.ts'

const ROUNDS = 20
const SECONDS = 0.5
const CONNECTIONS = 32

/**
 * `/verify` beside a bare `node:http` server that answers the same bytes, in turns. The token is the same in every
 * request, as it is behind a gateway.
 */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse()
  const { token } = await gatehouse.register()
  const request = requestWith(token)
  const bare = await startBare(await answerTo(request, gatehouse.port))
  try {
    return await compare(gatehouse.port, bare.port, request)
  } finally {
    bare.child.kill()
  }
}

async function compare(gatehouse: number, bare: number, request: string): Promise<string> {
  const ask = (port: number) => requestsPerSecond({ port, request, connections: CONNECTIONS, seconds: SECONDS })
  await ask(gatehouse)
  await ask(bare)
  const rounds: { verify: number; bare: number }[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push({ verify: await ask(gatehouse), bare: await ask(bare) })
  const verify = median(rounds.map((round) => round.verify))
  const http = median(rounds.map((round) => round.bare))
  const ratio = median(rounds.map((round) => round.verify / round.bare))
  return [
    `/verify          ${Math.round(verify)} requests per second`,
    `bare node:http   ${Math.round(http)} requests per second`,
    `ratio            ${ratio.toFixed(2)}`,
  ].join('\n')
}

/** What nginx sends for `auth_request`. */
const requestWith = (token: string): string =>
  [
    'GET /verify?role=user HTTP/1.1',
    'Host: gatehouse',
    'X-Forwarded-For: 203.0.113.7',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Accept: application/json',
    `Authorization: Bearer ${token}`,
    '',
    '',
  ].join('\r\n')

/** The header lines of one answer, names and values in turn, without those that Node adds by itself. */
async function answerTo(request: string, port: number): Promise<string[]> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  const lines = bytes.toString('latin1').split('\r\n').slice(1, -2)
  return lines
    .filter((line) => !/^(date|connection|keep-alive):/i.test(line))
    .flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
}

async function startBare(lines: readonly string[]): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort()
  const script = `
    import { createServer } from 'node:http'
    const lines = ${JSON.stringify(lines)}
    createServer((req, res) => res.writeHead(204, lines).end()).listen(${port}, '127.0.0.1')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' })
  while (!(await fetch(`http://127.0.0.1:${port}`).catch(() => null))) await wait(20)
  return { child, port }
}
