import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { startGatehouse } from './gatehouse.ts'
import { median } from './median.ts'

const ROUNDS = 5
const ROUND_MS = 4_000
const SLOW = 500
const ASKERS = 8
const PATHS = ['/userdetails', '/moviedata', '/verify?status=200']

/** What slow clients begin with; they go on with a byte a second. */
const BEGINNINGS = [
  '',
  'GET /healthz HTTP/1.1\r\nX: ',
  'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n',
]

/** How long others wait while 500 slow clients hold their connections, and while none does, in turns. */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse()
  const { token } = await gatehouse.register()
  await measure(gatehouse.port, token)
  const rounds: { alone: number; beside: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const alone = await measure(gatehouse.port, token)
    const slow = await startSlowClients(gatehouse.port)
    rounds.push({ alone, beside: await measure(gatehouse.port, token) })
    slow.stop()
  }
  return [
    '95th percentile of a request',
    `alone                    ${median(rounds.map(({ alone }) => alone)).toFixed(1)} ms`,
    `beside ${SLOW} slow clients  ${median(rounds.map(({ beside }) => beside)).toFixed(1)} ms`,
    `ratio                    ${median(rounds.map(({ alone, beside }) => beside / alone)).toFixed(2)}`,
  ].join('\n')
}

async function measure(port: number, token: string): Promise<number> {
  const end = performance.now() + ROUND_MS
  const times = await Promise.all(Array.from({ length: ASKERS }, () => askUntil(end, port, token)))
  const sorted = times.flat().toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN
}

async function askUntil(end: number, port: number, token: string): Promise<number[]> {
  const times: number[] = []
  for (let count = 0; performance.now() < end; count++) {
    const started = performance.now()
    const answer = await fetch(`http://127.0.0.1:${port}${PATHS[count % PATHS.length]}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`Status ${answer.status}`)
    times.push(performance.now() - started)
  }
  return times
}

/** Holds 500 connections: for each that is cut, another is opened. */
async function startSlowClients(port: number): Promise<{ stop(): void }> {
  const sockets = new Set<Socket>()
  let isRunning = true
  for (let index = 0; index < SLOW; index++) open(BEGINNINGS[index % BEGINNINGS.length] ?? '')
  const trickle = setInterval(() => {
    for (const socket of sockets) if (socket.bytesWritten > 0) socket.write(' ')
  }, 1000)
  await wait(1000)
  return { stop }

  function open(beginning: string): void {
    const socket = connect(port, '127.0.0.1', () => void (beginning !== '' && socket.write(beginning)))
    sockets.add(socket)
    socket.on('error', () => undefined).resume()
    socket.on('close', () => {
      sockets.delete(socket)
      if (isRunning) open(beginning)
    })
  }

  function stop(): void {
    isRunning = false
    clearInterval(trickle)
    for (const socket of sockets) socket.destroy()
  }
}
