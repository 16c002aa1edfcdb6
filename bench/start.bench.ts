import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measureStart, type Start } from './measure-start.ts'

const ROUNDS = 5

/** The first start of all, which makes the database, and the second, in turns. */
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
