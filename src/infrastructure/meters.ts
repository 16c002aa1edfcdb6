import { type Aggregator, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** One metric with its values, in the form in which prom-client gives and takes them; its own types are another's. */
export interface Measured extends Described {
  type: 'counter' | 'gauge' | 'histogram' | 'summary'
  aggregator: Aggregator
  values: {
    /** Where it is not the metric's own: `…_bucket`, `…_sum`, `…_count`. */
    metricName?: string
    labels: Readonly<Record<string, string | number>>
    value: number
  }[]
}

/** What one process has measured, as JSON: what is merged and written out, see exposition.ts. */
export type Collection = Measured[]

export interface Described {
  name: string
  help: string
}

/** How the values of several processes become one. */
export type Merging = Exclude<Aggregator, 'omit' | 'average'>

/** A label and all values that it can have: nothing that a client sends can add one. */
export interface Label<Value extends string> {
  label: string
  values: readonly Value[]
}

export type Meters = ReturnType<typeof createMeters>

type Reading<T> = () => T | Promise<T>

/** Makes what can be counted and measured, in a registry of its own, so that two of them can live in one process. */
export function createMeters() {
  const registry = new Registry()
  const registers = [registry]
  const added: (() => Measured)[] = []

  return { counter, counterBy, total, gauge, gaugeBy, histogram, histogramBy, add, observeProcess, collect }

  function counter(described: Described): () => void {
    const counted = new Counter({ ...described, registers })
    return () => counted.inc()
  }

  /** Begins with every value at 0: an alert on the first of something needs to see it begin. */
  function counterBy<V extends string>(described: Described, { label, values }: Label<V>): (value: V) => void {
    const counted = new Counter({ ...described, labelNames: [label], registers })
    const children = new Map(values.map((value) => [value, counted.labels(value)]))
    for (const child of children.values()) child.inc(0)
    return (value) => children.get(value)?.inc()
  }

  /** A number that somebody else counts. */
  function total(described: Described, read: () => number): void {
    const counted: Counter = new Counter({
      ...described,
      registers,
      collect: () => {
        counted.reset()
        counted.inc(read())
      },
    })
  }

  function gauge(described: Described, aggregator: Merging, read: Reading<number>): void {
    const measured: Gauge = new Gauge({
      ...described,
      aggregator,
      registers,
      collect: async () => measured.set(await read()),
    })
  }

  function gaugeBy<V extends string>(
    described: Described,
    aggregator: Merging,
    label: string,
    read: Reading<Readonly<Record<V, number>>>,
  ): void {
    const measured: Gauge = new Gauge({
      ...described,
      labelNames: [label],
      aggregator,
      registers,
      collect: async () => {
        for (const [value, number] of Object.entries<number>(await read())) measured.labels(value).set(number)
      },
    })
  }

  function histogram(described: Described, buckets: readonly number[]): (seconds: number) => void {
    const measured = new Histogram({ ...described, buckets: [...buckets], registers })
    return (seconds) => measured.observe(seconds)
  }

  function histogramBy<V extends string>(
    described: Described,
    buckets: readonly number[],
    { label, values }: Label<V>,
  ): (value: V, seconds: number) => void {
    const measured = new Histogram({ ...described, labelNames: [label], buckets: [...buckets], registers })
    for (const value of values) measured.zero({ [label]: value })
    return (value, seconds) => measured.labels(value).observe(seconds)
  }

  /** What is measured by other means. */
  function add(read: () => Measured): void {
    added.push(read)
  }

  /** What prom-client knows of the process itself; it goes on until the process ends, and cannot be told to stop. */
  function observeProcess(): void {
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HARDLY_EVER_MS })
    for (const { name } of registry.getMetricsAsArray()) if (LEFT_OUT.test(name)) registry.removeSingleMetric(name)
    for (const [name, aggregator] of Object.entries(MERGED_OTHERWISE)) {
      Object.assign(registry.getSingleMetric(name) ?? {}, { aggregator })
    }
  }

  /** All of it as it is now; fit to be sent to another process. */
  async function collect(): Promise<Collection> {
    const own = (await registry.getMetricsAsJSON()) as unknown as Collection
    return [...own, ...added.map((read) => read())]
  }
}

/**
 * Of what prom-client would collect: names that are Node's, as labels, and delays of the event loop that are never below
 * the precision; ours are in event-loop.ts.
 */
const LEFT_OUT = /^nodejs_(active_|heap_space_|eventloop_)/
const HARDLY_EVER_MS = 3_600_000

/** prom-client leaves it out. Of several processes counts the one that began last: its counters began with it. */
const MERGED_OTHERWISE: Readonly<Record<string, Merging>> = { process_start_time_seconds: 'max' }
