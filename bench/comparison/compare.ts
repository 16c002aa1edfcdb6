import type { Contestant, Row, Sample } from './row.ts'
import type { Site } from './site.ts'

const WARM_UP_SECONDS = 1

/** How often each row is measured that does not say otherwise. */
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)

export interface Measured {
  row: Row
  /** Gatehouse's first. */
  samples: Samples[]
}

export interface Samples {
  name: Contestant['name']
  ofRounds: Sample[]
}

/**
 * Measures everybody in turns, in every second round from the last to the first: what the machine does meanwhile, or
 * becomes, is nobody's advantage.
 */
export async function compare(row: Row, site: Site): Promise<Measured> {
  await using uses = new AsyncDisposableStack()
  const contestants = await row.open(site, uses)
  const samples = contestants.map(({ name }): Samples => ({ name, ofRounds: [] }))
  const rounds = row.rounds ?? ROUNDS
  const seconds = Number(process.env.BENCH_SECONDS ?? row.seconds)
  // Of what is measured once only, the beginning belongs to it.
  if (row.rounds !== 1) for (const contestant of contestants) await measure(contestant, WARM_UP_SECONDS)
  for (let round = 0; round < rounds; round++) {
    const turns = [...contestants.entries()]
    if (round % 2 === 1) turns.reverse()
    for (const [index, contestant] of turns) samples[index]?.ofRounds.push(await measure(contestant, seconds))
  }
  return { row, samples }
}

async function measure({ name, measure }: Contestant, seconds: number): Promise<Sample> {
  try {
    return await measure(seconds)
  } catch (cause) {
    throw new Error(`A round of ${name} failed.`, { cause })
  }
}
