import type { Log } from './log.ts'

export interface ScheduleOptions {
  /** What it is called where it fails. */
  name: string
  everyMs: number
  work: () => Promise<void>
  log: Log
}

const SAY_AGAIN_MS = 60 * 60 * 1000

/** Does some work again and again, never twice at once. What fails is left for the next time, and said once an hour. */
export function createSchedule({ name, everyMs, work, log }: ScheduleOptions) {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let saidAt: number | null = null

  return { start, stop }

  function start(): void {
    // Nodes that start together do not all come in the same instant.
    timer = setInterval(tick, everyMs * (0.75 + Math.random() / 2))
  }

  async function stop(): Promise<void> {
    clearInterval(timer)
    await running
  }

  function tick(): void {
    running ??= workOnce().finally(() => {
      running = null
    })
  }

  async function workOnce(): Promise<void> {
    try {
      await work()
      if (saidAt !== null) log.info({}, `${name}: works again`)
      saidAt = null
    } catch (error) {
      if (saidAt !== null && performance.now() - saidAt < SAY_AGAIN_MS) return
      log.warn({ err: error }, `${name}: left for the next time`)
      saidAt = performance.now()
    }
  }
}
