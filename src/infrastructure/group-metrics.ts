import { remains } from './exposition.ts'
import { type Collection, createMeters } from './meters.ts'

export interface GroupMetricsOptions {
  /** Asks every process what it has measured, and gives who was asked. */
  ask: () => readonly number[]
  counts: () => { processes: number; restarts: number }
}

/** A process that has not answered by then stands still: what it said last counts. */
const ANSWER_MS = 2_000

/** What the processes of a group have measured together, those that are gone included. */
export function createGroupMetrics({ ask, counts }: GroupMetricsOptions) {
  const own = ownMeters(counts)
  const latest = new Map<number, Collection>()
  const waiting = new Set<number>()
  let gone = Promise.resolve<Collection>([])
  let onComplete = () => {}

  return { receive, forget, collect }

  function receive(pid: number, collection: Collection): void {
    latest.set(pid, collection)
    noLongerWaitFor(pid)
  }

  /** Of a process that is gone, what it has counted stays. */
  function forget(pid: number): void {
    const last = latest.get(pid)
    latest.delete(pid)
    noLongerWaitFor(pid)
    if (last) gone = gone.then((before) => remains([before, last]))
  }

  /** One at a time: it is what ops-server.ts asks for. */
  async function collect(): Promise<Collection[]> {
    for (const pid of ask()) waiting.add(pid)
    await new Promise<void>((resolve) => {
      onComplete = resolve
      setTimeout(resolve, ANSWER_MS).unref()
      if (waiting.size === 0) resolve()
    })
    waiting.clear()
    // Read in one moment: whoever ends now is in either, and in one only.
    const [alive, ended] = [[...latest.values()], gone]
    return [await own.collect(), await ended, ...alive]
  }

  function noLongerWaitFor(pid: number): void {
    waiting.delete(pid)
    if (waiting.size === 0) onComplete()
  }
}

function ownMeters(counts: GroupMetricsOptions['counts']) {
  const meters = createMeters()
  meters.gauge(
    { name: 'gatehouse_workers', help: 'Processes that serve, or begin to; see WORKERS.' },
    'sum',
    () => counts().processes,
  )
  meters.total(
    { name: 'gatehouse_worker_restarts_total', help: 'Processes that ended by themselves and were replaced.' },
    () => counts().restarts,
  )
  return meters
}
