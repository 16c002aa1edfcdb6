import type { Measured } from './meters.ts'

export interface RequestEnd {
  /** The contract's pattern, which is one of a few; null where no route was found. */
  route: string | null
  /** As the parser knows it. */
  method: string
  /** Null where the client was gone before. */
  status: number | null
  ms: number
}

export type RequestTimes = ReturnType<typeof createRequestTimes>

const DESCRIBED = {
  name: 'gatehouse_http_request_duration_seconds',
  help: 'Time from the head of a request to the end of its answer, by the pattern of its route (none where there is no such path). Status gone: the client left before.',
}

export const NO_ROUTE = 'none'
export const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
export const STATUSES: ReadonlySet<number> = new Set([
  ...[200, 201, 204, 302, 303, 304],
  ...[400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 503],
])
export const OTHER = 'other'
export const CLIENT_GONE = 'gone'

const OTHER_STATUS = 0
const STATUS_LABELS = new Map([
  [null, CLIENT_GONE],
  [OTHER_STATUS, OTHER],
])

const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000]

interface Series {
  labels: { route: string; method: string; status: string }
  /** By the first bound that is not below; the last is for all that is above. */
  counts: number[]
  sumMs: number
}

type ByStatus = Map<number | null, Series>

/**
 * How long requests took, by route, method and status. Not prom-client's histogram: that writes its labels out as text and
 * looks them up at each observation, which takes ten times as long as this, and `/verify` is asked all the time.
 */
export function createRequestTimes() {
  const byRoute = new Map<string, Map<string, ByStatus>>()
  let underWay = 0

  return { begin, end, observe, underWay: () => underWay, read }

  /** A request that takes some time. */
  function begin(): void {
    underWay += 1
  }

  function end(request: RequestEnd): void {
    underWay -= 1
    observe(request)
  }

  /** A request that was answered before anything else could happen. */
  function observe({ route, method, status, ms }: RequestEnd): void {
    const known = byRoute
      .get(route ?? NO_ROUTE)
      ?.get(method)
      ?.get(status)
    const series = known ?? seriesOf(route ?? NO_ROUTE, method, status)
    const bucket = bucketOf(ms)
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1
    series.sumMs += ms
  }

  function seriesOf(route: string, sentMethod: string, sentStatus: number | null): Series {
    const method = METHODS.has(sentMethod) ? sentMethod : OTHER
    const status = sentStatus === null || STATUSES.has(sentStatus) ? sentStatus : OTHER_STATUS
    const labels = { route, method, status: STATUS_LABELS.get(status) ?? String(status) }
    const ofRoute = getOrAdd(byRoute, route, () => new Map<string, ByStatus>())
    const ofMethod = getOrAdd(ofRoute, method, (): ByStatus => new Map())
    return getOrAdd(ofMethod, status, () => ({ labels, counts: [...BOUNDS_MS, 0].fill(0), sumMs: 0 }))
  }

  function read(): Measured {
    const series = byRoute
      .values()
      .flatMap((ofRoute) => ofRoute.values())
      .flatMap((ofMethod) => ofMethod.values())
    return { ...DESCRIBED, type: 'histogram', aggregator: 'sum', values: [...series.flatMap(valuesOf)] }
  }
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function bucketOf(ms: number): number {
  let bucket = 0
  while (ms > (BOUNDS_MS[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1
  return bucket
}

/** As Prometheus wants them: each bucket with all that is below it. */
function valuesOf({ labels, counts, sumMs }: Series): Measured['values'] {
  let count = 0
  const buckets = counts.map((ofBucket, index) => {
    count += ofBucket
    const bound = BOUNDS_MS[index]
    const le = bound === undefined ? '+Inf' : bound / 1000
    return { metricName: `${DESCRIBED.name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${DESCRIBED.name}_sum`, labels, value: sumMs / 1000 },
    { metricName: `${DESCRIBED.name}_count`, labels, value: count },
  ]
}
