import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import type { HeapProfiler, Profiler } from 'node:inspector'
import { Session } from 'node:inspector/promises'
import { getHeapStatistics } from 'node:v8'

/** The measures, in the order in which they are begun and ended. */
export interface Measures {
  needs: Needs
  time: TimeProfile
  bytes: HeapProfiler.SamplingHeapProfileNode
}

/** What the main thread needed while nobody looked into it. */
export interface Needs {
  microseconds: number
  allocatedBytes: number
}

export interface TimeProfile {
  profile: Profiler.Profile
  scheduled: Scheduled
}

/** Of the main thread, in microseconds. */
export interface Scheduled {
  running: number
  waitingForProcessor: number
}

/** Oftener would show in what is measured. */
const TIME_INTERVAL_MICROSECONDS = 500
const BYTES_INTERVAL = 32_768

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.setSamplingInterval', { interval: TIME_INTERVAL_MICROSECONDS })

const measures: { [Name in keyof Measures]: () => Promise<() => Promise<Measures[Name]>> } = {
  async needs() {
    const [time, bytes] = [process.threadCpuUsage(), getHeapStatistics().total_allocated_bytes]
    return async () => {
      const { user, system } = process.threadCpuUsage(time)
      return { microseconds: user + system, allocatedBytes: getHeapStatistics().total_allocated_bytes - bytes }
    }
  },
  async time() {
    await session.post('Profiler.start')
    const begun = scheduled()
    return async () => {
      const ended = scheduled()
      const { profile } = await session.post('Profiler.stop')
      const running = ended.running - begun.running
      const waitingForProcessor = ended.waitingForProcessor - begun.waitingForProcessor
      return { profile, scheduled: { running, waitingForProcessor } }
    }
  },
  async bytes() {
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: BYTES_INTERVAL,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    })
    return async () => (await session.post('HeapProfiler.stopSampling')).profile.head
  },
}

const inOrder = Object.values(measures)
let signals = 0
let end: (() => Promise<unknown>) | undefined

/**
 * Preloaded into a server: SIGUSR2 begins a measure, the next one ends it. After each of them there is one more file in
 * `PROFILE_FOLDER`, named by their number from 1, with the result if it is an end.
 */
process.on('SIGUSR2', () => void toggle())

async function toggle(): Promise<void> {
  const result = await end?.()
  end = end ? undefined : await inOrder[(signals / 2) % inOrder.length]?.()
  signals += 1
  const file = `${process.env.PROFILE_FOLDER}/${signals}`
  await writeFile(`${file}.new`, JSON.stringify(result ?? null))
  await rename(`${file}.new`, file)
}

/** Since the thread began. */
function scheduled(): Scheduled {
  const [running = 0, waiting = 0] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number)
  return { running: running / 1000, waitingForProcessor: waiting / 1000 }
}
