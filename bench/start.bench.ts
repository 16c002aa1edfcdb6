import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { npmStart, npmStop } from './gatehouse.ts'
import { serverPid } from './server-pid.ts'

const ROUNDS = 5
const SETTLE_MS = 2_000

interface Start {
  readyMs: number
  residentMb: number
}

/** From `npm start` to the first 200 of `/readyz`, and the server's resident memory two seconds later. Linux only. */
export async function run(): Promise<string> {
  const first: Start[] = []
  const later: Start[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
    first.push(await measureStart(dataDir))
    later.push(await measureStart(dataDir))
    await rm(dataDir, { recursive: true, force: true })
  }
  return ['                ready ms  resident MB', row('first start', first), row('later start', later)].join('\n')
}

async function measureStart(dataDir: string): Promise<Start> {
  const started = performance.now()
  const { npm } = await npmStart(dataDir)
  const readyMs = performance.now() - started
  await wait(SETTLE_MS)
  const residentMb = await residentMbOf(await serverPid(npm))
  await npmStop(npm, dataDir)
  return { readyMs, residentMb }
}

async function residentMbOf(pid: number): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1000
}

function row(name: string, starts: readonly Start[]): string {
  const ready = spread(starts.map(({ readyMs }) => readyMs))
  const resident = spread(starts.map(({ residentMb }) => residentMb))
  return `${name.padEnd(14)}${ready.padStart(12)}  ${resident.padStart(11)}`
}

/** Median, and least to most. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b).map(Math.round)
  return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]}–${sorted.at(-1)})`
}
