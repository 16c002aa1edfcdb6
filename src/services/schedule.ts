import type { Log } from './log.ts'

export interface ScheduleOptions {
  /** What it is called where it fails. */
  name: string
  everyMs: number
  work: () => Promise<void>
  log: Log
}

export type Schedule = ReturnType<typeof createSchedule>

/** Does some work again and again, never twice at once. What fails is said, and left for the next time. */
export function createSchedule({ name, everyMs, work, log }: ScheduleOptions) {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null

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
    running ??= work()
      .catch((error: unknown) => log.warn({ err: error }, `${name}: left for the next time`))
      .finally(() => {
        running = null
      })
  }
}
