import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * Preloaded into a server: at the first SIGUSR2 it begins to measure how long the event loop is held, at the second it
 * writes what it has measured. On a machine that others use too, a loop stands still while it is not given a processor:
 * so the time of the processor between two turns is measured as well.
 */
const RESOLUTION_MS = 1

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
let busyMaxMs = 0

process.on('SIGUSR2', () => {
  if (delay.enable()) watchProcessor()
  else
    process.stderr.write(
      `${JSON.stringify({ p999Ms: held(delay.percentile(99.9)), maxMs: held(delay.max), busyMaxMs })}\n`,
    )
})

/** The histogram holds the time between two ticks of a timer. */
const held = (nanoseconds: number): number => nanoseconds / 1e6 - RESOLUTION_MS

function watchProcessor(): void {
  let last = process.threadCpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last)
    busyMaxMs = Math.max(busyMaxMs, (user + system) / 1000)
    last = process.threadCpuUsage()
  }, RESOLUTION_MS)
  timer.unref()
}
