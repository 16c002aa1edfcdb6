import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cpuSeconds, idleSeconds } from './cpu-time.ts'
import { type Gatehouse, startGatehouse } from './gatehouse.ts'
import { median } from './median.ts'

const ROUNDS = 8
const SECONDS = 2
const CONNECTIONS = 32
const WORKERS = [1, 2] as const

/** A signature is checked once for a token, so one that is wrong is checked each time. */
const REQUESTS = [
  { name: 'a route through Express', path: '/healthz', wrong: false },
  { name: 'a known token at /verify', path: '/verify', wrong: false },
  { name: 'a signature at /verify', path: '/verify', wrong: true },
]

interface Round {
  perSecond: number
  /** Processor time of the server. */
  microsecondsEach: number
  idleShare: number
}

const runFile = promisify(execFile)

/**
 * One process and two, in turns, asked by wrk (Debian's package), which takes a few microseconds for a request itself and
 * shares the processors with the server. So beside the requests per second stands what the server needs for each: where
 * that stays the same, twice the processors serve twice as many.
 */
export async function run(): Promise<string> {
  await using one = await startGatehouse({ WORKERS: '1' })
  await using two = await startGatehouse({ WORKERS: '2' })
  const sites = await Promise.all([one, two].map(async (site) => ({ site, token: (await site.register()).token })))
  const lines = ['median of rounds in turns      1 worker   2 workers   ratio   µs of processor each   idle with 2']
  for (const { name, path, wrong } of REQUESTS) {
    const rounds: Round[][] = []
    for (let round = 0; round < ROUNDS; round++) {
      const pair: Round[] = []
      for (const { site, token } of sites) pair.push(await ask(site, path, wrong ? withWrongSignature(token) : token))
      rounds.push(pair)
    }
    lines.push(lineOf(name, rounds))
  }
  return lines.join('\n')
}

function lineOf(name: string, rounds: readonly Round[][]): string {
  const of = (index: number, key: keyof Round) => median(rounds.map((pair) => pair[index]?.[key] ?? Number.NaN))
  const ratio = median(rounds.map(([one, two]) => (two?.perSecond ?? Number.NaN) / (one?.perSecond ?? Number.NaN)))
  const [perSecond = [], microseconds = []] = (['perSecond', 'microsecondsEach'] as const).map((key) =>
    WORKERS.map((_, index) => of(index, key).toFixed(key === 'perSecond' ? 0 : 1)),
  )
  return [
    name.padEnd(28),
    ...perSecond.map((figure) => figure.padStart(11)),
    ratio.toFixed(2).padStart(8),
    microseconds.join(' and ').padStart(23),
    `${(100 * of(1, 'idleShare')).toFixed(0)} %`.padStart(14),
  ].join('')
}

async function ask({ port, pid }: Gatehouse, path: string, token: string): Promise<Round> {
  const [cpu, idle] = [cpuSeconds(pid, 'src/server.ts'), idleSeconds()]
  const header = `Authorization: Bearer ${token}`
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}`, '-H', header, `http://127.0.0.1:${port}${path}`]
  const { stdout } = await runFile('wrk', args)
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]),
    microsecondsEach: ((cpuSeconds(pid, 'src/server.ts') - cpu) * 1e6) / requests,
    idleShare: (idleSeconds() - idle) / (WORKERS.length * SECONDS),
  }
}

/** The right shape and the right key, so that the signature has to be checked to know. */
function withWrongSignature(token: string): string {
  const [header, claims, signature = ''] = token.split('.')
  return [header, claims, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.')
}
