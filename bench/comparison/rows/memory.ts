import { setTimeout as wait } from 'node:timers/promises'
import { residentMb } from '../../resident.ts'
import { accounts } from '../accounts.ts'
import { flood } from '../flood.ts'
import type { Row, Sample } from '../row.ts'
import { type Point, slopeOf } from '../slope.ts'

const MINUTES = Number(process.env.MEMORY_MINUTES ?? 10)

/** What registrations needed has been given back by then: nobody registers under this load. */
const SETTLE_SECONDS = 40

/** A token lasts longer than this. */
const FLOOD_SECONDS = 30
const LOOK_MS = 1_000

/** A heap that was small grows to what the load needs: not a leak yet. */
const WARM_UP_SHARE = 0.2

/** What the process holds while it is flooded as in `under-logins`, for minutes; not what PostgreSQL holds. */
export const memory: Row = {
  name: 'memory',
  title: `memory, ${MINUTES} minutes of that`,
  seconds: MINUTES * 60,
  rounds: 1,
  figures: [
    { key: 'most', title: 'the most', unit: 'MB', goals: [{ atMost: 200 }] },
    { key: 'slope', title: 'growth', unit: 'MB a minute', goals: [{ atMost: 1 }] },
    { key: 'end', title: 'at the end', unit: 'MB', goals: [] },
  ],
  async open(site) {
    const gatehouse = await site.newGatehouse()
    await accounts(gatehouse)
    await wait(SETTLE_SECONDS * 1000)
    return [
      {
        name: 'Gatehouse',
        async measure(seconds) {
          const watch = watchResident(gatehouse.pid)
          const endAt = performance.now() + seconds * 1000
          while (performance.now() < endAt)
            await flood(site, gatehouse, ['/verify', '/userdetails', '/moviedata'], FLOOD_SECONDS)
          return figuresOf(await watch.stop())
        },
      },
    ]
  },
}

function watchResident(pid: number): { stop(): Promise<Point[]> } {
  const points: Point[] = []
  const startedAt = performance.now()
  let goesOn = true
  const watching = watch()
  return { stop }

  async function watch(): Promise<void> {
    while (goesOn) {
      points.push({ x: (performance.now() - startedAt) / 60_000, y: await residentMb(pid) })
      await wait(LOOK_MS)
    }
  }

  async function stop(): Promise<Point[]> {
    goesOn = false
    await watching
    return points
  }
}

function figuresOf(points: readonly Point[]): Sample {
  const warm = points.slice(Math.floor(points.length * WARM_UP_SHARE))
  return {
    most: { value: Math.max(...points.map(({ y }) => y)) },
    slope: { value: slopeOf(warm) },
    end: { value: points.at(-1)?.y ?? Number.NaN },
  }
}
