import { createOneAtATime } from './one-at-a-time.ts'

export interface LaneOptions<Refusal> {
  /** More than so many do not wait for each other. */
  maxWaiting: number
  maxWaitMs: number
  /** Whether this was thrown because nothing is left to take. */
  isRefusal(error: unknown): error is Refusal
}

interface Lane {
  waiting: number
  holding: number
  /** Resolves when the next one leaves. */
  leaving: PromiseWithResolvers<void>
}

export type Lanes = ReturnType<typeof createLanes>

/**
 * Who takes something of one key does it one after the other, and works with it beside others. Who finds nothing left
 * while others may give theirs back waits for one of these to leave: so nobody is refused for having asked twice at once.
 */
export function createLanes<Refusal>({ maxWaiting, maxWaitMs, isRefusal }: LaneOptions<Refusal>) {
  const lanes = new Map<string, Lane>()
  const inTurn = createOneAtATime()

  return { isFull, enter }

  function isFull(key: string): boolean {
    return (lanes.get(key)?.waiting ?? 0) >= maxWaiting
  }

  /** Throws what `take` throws, when there is nobody left to wait for. Who is let in leaves, whatever happens. */
  async function enter<T>(key: string, take: () => Promise<T>): Promise<{ taken: T; leave: () => void }> {
    const lane = laneOf(key)
    const deadline = performance.now() + maxWaitMs
    lane.waiting += 1
    try {
      return await inTurn(key, async () => {
        const taken = await takeFrom(lane, take, deadline)
        lane.holding += 1
        return { taken, leave: () => leave(key, lane) }
      })
    } finally {
      lane.waiting -= 1
      forgetIfEmpty(key, lane)
    }
  }

  async function takeFrom<T>(lane: Lane, take: () => Promise<T>, deadline: number): Promise<T> {
    for (;;) {
      // As they are before it is asked: who leaves while it is may have given back what is then not found.
      const { holding, leaving } = lane
      try {
        return await take()
      } catch (error) {
        if (!isRefusal(error) || holding === 0 || performance.now() > deadline) throw error
        await leaving.promise
      }
    }
  }

  function laneOf(key: string): Lane {
    const lane = lanes.get(key) ?? { waiting: 0, holding: 0, leaving: Promise.withResolvers<void>() }
    lanes.set(key, lane)
    return lane
  }

  function leave(key: string, lane: Lane): void {
    lane.holding -= 1
    lane.leaving.resolve()
    lane.leaving = Promise.withResolvers<void>()
    forgetIfEmpty(key, lane)
  }

  function forgetIfEmpty(key: string, lane: Lane): void {
    if (lane.waiting === 0 && lane.holding === 0) lanes.delete(key)
  }
}
