import { setTimeout as wait } from 'node:timers/promises'
import { processSeconds } from '../cpu-time.ts'
import type { Reading } from './row.ts'
import { type WrkLoad, wrk } from './wrk.ts'

const LOOK_MS = 250
const QUIET_SHARE = 0.1
const QUIET_WITHIN_MS = 30_000

/** Answers per second, and what the process of the server needed for each. */
export async function measuredByWrk(pid: number, load: WrkLoad): Promise<Reading> {
  return (await servedAndRefused(pid, load)).served
}

/** The same, where refusals are no failure. What they cost is counted to the answers. */
export async function servedAndRefused(pid: number, load: WrkLoad): Promise<{ served: Reading; refused: Reading }> {
  const before = processSeconds(pid)
  const { answers, refused, seconds } = await wrk(load)
  const used = processSeconds(pid) - before
  await quiet(pid)
  const served = answers - refused
  const processor = { microsecondsEach: (used * 1e6) / served, coresBusy: used / seconds }
  return {
    served: { value: served / seconds, ...(served > 0 && { processor }) },
    refused: { value: refused / seconds },
  }
}

/** What was under way when the load ended would be at the cost of whoever comes next. */
export async function quiet(pid: number): Promise<void> {
  const latest = performance.now() + QUIET_WITHIN_MS
  let share = 1
  while (share > QUIET_SHARE && performance.now() < latest) {
    const before = processSeconds(pid)
    await wait(LOOK_MS)
    share = (processSeconds(pid) - before) / (LOOK_MS / 1000)
  }
}
