import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

/** As JSON in `READS`. */
export interface Reads {
  port: number
  /** Asked in turn. */
  paths: string[]
  headers: Record<string, string>
  perSecond: number
  /** Before the first, so that whatever else is to happen does. */
  afterSeconds: number
  seconds: number
}

/** As JSON on standard output. */
export interface ReadTimes {
  count: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

// The connection that was idle longest comes first, so that none is idle until the server closes it.
const agent = new Agent({ keepAlive: true, scheduling: 'fifo' })

if (import.meta.main) {
  const reads: Reads = JSON.parse(process.env.READS ?? '')
  process.stdout.write(JSON.stringify(await readAtRate(reads)))
  agent.destroy()
}

/**
 * Asks so often whether or not answers come, as people do who know nothing of each other. A question that is asked late
 * has waited, too: its time counts from when it was due.
 */
async function readAtRate({ port, paths, headers, perSecond, afterSeconds, seconds }: Reads): Promise<ReadTimes> {
  await wait(afterSeconds * 1000)
  const reading: Promise<number>[] = []
  const startedAt = performance.now()
  for (let turn = 0; turn < perSecond * seconds; turn++) {
    const dueAt = startedAt + (turn / perSecond) * 1000
    const dueMs = dueAt - performance.now()
    if (dueMs > 0) await wait(dueMs)
    // A timer comes up to a millisecond early.
    const since = Math.min(dueAt, performance.now())
    reading.push(read(port, paths[turn % paths.length] ?? '', headers, since))
  }
  const times = (await Promise.all(reading)).toSorted((a, b) => a - b)
  const percentile = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN
  return { count: times.length, p50Ms: percentile(0.5), p99Ms: percentile(0.99), maxMs: times.at(-1) ?? Number.NaN }
}

/** Milliseconds until the last byte of the answer. */
function read(port: number, path: string, headers: Record<string, string>, since: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent }, (answer) => {
      const { statusCode = 0 } = answer
      if (statusCode !== 200 && statusCode !== 204) reject(new Error(`${path}: ${statusCode}`))
      answer.resume().on('end', () => resolve(performance.now() - since))
    })
    asked.on('error', (cause) => reject(new Error(`${path} was not answered.`, { cause })))
    asked.end()
  })
}
