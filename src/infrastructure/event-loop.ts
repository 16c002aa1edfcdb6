import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

export type EventLoopWatch = ReturnType<typeof watchEventLoop>

/** Each wakes the process up, and a delay that is shorter is not seen. */
const RESOLUTION_MS = 20

/** How late the event loop is, and how busy, since it was last asked. */
export function watchEventLoop() {
  const measured = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  measured.enable()
  let asked = performance.eventLoopUtilization()

  return { delays, utilization, stop: () => measured.disable() }

  function delays(): Record<'p50' | 'p99' | 'max', number> {
    // Where nothing was seen yet, the maximum is 0 and all else is no number.
    const seen = measured.count > 0
    const [p50, p99, max] = seen ? [measured.percentile(50), measured.percentile(99), measured.max] : [0, 0, 0]
    measured.reset()
    return { p50: lateness(p50), p99: lateness(p99), max: lateness(max) }
  }

  function utilization(): number {
    const now = performance.eventLoopUtilization()
    const { utilization: busy } = performance.eventLoopUtilization(now, asked)
    asked = now
    return busy
  }
}

/** Node counts from one look to the next, so that a loop that is on time is late by the resolution. */
const lateness = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000)
