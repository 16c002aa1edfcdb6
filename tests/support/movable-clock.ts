import type { Clock } from '../../src/services/clock.ts'

export interface MovableClock extends Clock {
  /** How far it is ahead of the real one. */
  offsetMs: number
  /** Runs `work` that much later, and comes back. */
  later(ms: number, work: () => Promise<void>): Promise<void>
}

export function movableClock(): MovableClock {
  const clock: MovableClock = {
    offsetMs: 0,
    now: () => new Date(Date.now() + clock.offsetMs),
    async later(ms, work) {
      clock.offsetMs += ms
      await work().finally(() => {
        clock.offsetMs -= ms
      })
    },
  }
  return clock
}
