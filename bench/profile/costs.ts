import { wrk } from '../comparison/wrk.ts'
import { layerOf, packageOf } from './layers.ts'
import type { ProfiledServer } from './profiled-server.ts'
import type { Asked } from './routes.ts'
import { bytesSpent, type Spent, timeSpent } from './spent.ts'

/** What one request costs the main thread. */
export interface Cost {
  microseconds: number
  bytes: number
}

export interface Costs extends Cost {
  requestsPerSecond: number
  /** While the time was sampled: how much of the time that it was not asleep the thread waited for a processor. */
  delayedShare: number
  byLayer: ReadonlyMap<string, Cost>
  /** By the function that takes it itself. */
  byFunction: ReadonlyMap<string, Cost>
}

export const SECONDS = 3
export const CONNECTIONS = 32
const WARM_UP_SECONDS = 2

/**
 * Three rounds of the same load: one without a profile, which gives what a request needs, and one for each profile, which
 * says how that is shared out.
 */
export async function costsOf(server: ProfiledServer, asked: () => Promise<Asked>): Promise<Costs> {
  await answersOf(server.port, await asked(), WARM_UP_SECONDS)
  const needs = await measured('needs')
  const time = await measured('time')
  const bytes = await measured('bytes')
  const { microseconds, allocatedBytes } = needs.result
  const each = { microseconds: microseconds / needs.answers, bytes: allocatedBytes / needs.answers }
  const spent = { time: timeSpent(time.result), bytes: bytesSpent(bytes.result) }
  const { running, waitingForProcessor } = time.result.scheduled
  return {
    ...each,
    requestsPerSecond: needs.answers / SECONDS,
    delayedShare: waitingForProcessor / (running + waitingForProcessor),
    byLayer: sharedOut(each, spent, layerOf),
    byFunction: sharedOut(each, spent, functionOf),
  }

  async function measured<Name extends 'needs' | 'time' | 'bytes'>(name: Name) {
    const request = await asked()
    return server.measure(name, () => answersOf(server.port, request, SECONDS))
  }
}

async function answersOf(port: number, request: Asked, seconds: number): Promise<number> {
  const { answers, refused } = await wrk({ port, connections: CONNECTIONS, seconds, ...request })
  if (refused > 0) throw new Error(`${refused} of ${answers} requests to ${request.path} were refused.`)
  return answers
}

type Name = (frames: Spent['frames']) => string | null

function sharedOut(each: Cost, spent: { time: Spent[]; bytes: Spent[] }, nameOf: Name): Map<string, Cost> {
  const time = sharesOf(spent.time, nameOf)
  const bytes = sharesOf(spent.bytes, nameOf)
  const costOf = (name: string): Cost => ({
    microseconds: each.microseconds * (time.get(name) ?? 0),
    bytes: each.bytes * (bytes.get(name) ?? 0),
  })
  const names = new Set([...time.keys(), ...bytes.keys()])
  return new Map([...names].map((name) => [name, costOf(name)]))
}

/** Of the whole that has a name. */
function sharesOf(spent: readonly Spent[], nameOf: Name): Map<string, number> {
  const amounts = new Map<string, number>()
  for (const { frames, amount } of spent) {
    const name = nameOf(frames)
    if (name !== null && amount > 0) amounts.set(name, (amounts.get(name) ?? 0) + amount)
  }
  const total = [...amounts.values()].reduce((sum, amount) => sum + amount, 0)
  return new Map([...amounts].map(([name, amount]) => [name, amount / total]))
}

function functionOf(frames: Spent['frames']): string | null {
  if (layerOf(frames) === null) return null
  const name = frames[0]?.functionName || 'anonymous'
  const url = frames.find(({ url }) => url !== '')?.url
  return url === undefined ? name : `${name}, ${placeOf(url)}`
}

/** The package, or the path within `src`, and the file. */
function placeOf(url: string): string {
  const name = packageOf(url)
  return name === undefined ? url.replace(/.*\/(?=src\/)/, '') : `${name}/${url.replace(/.*\//, '')}`
}
