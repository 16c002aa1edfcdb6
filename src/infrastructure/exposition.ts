import { AggregatorRegistry } from 'prom-client'
import type { Collection } from './meters.ts'

/** What Prometheus reads. */
export interface Exposition {
  contentType: string
  text: string
}

/** What one process or several have collected, merged, in Prometheus's text format. */
export async function expose(collections: readonly Collection[]): Promise<Exposition> {
  const merged = AggregatorRegistry.aggregate([...collections])
  return { contentType: merged.contentType, text: await merged.metrics() }
}

/**
 * What stays of processes that are gone: all that they have counted. It is exposed with those that live, because a sum
 * that falls is to Prometheus a counter that began anew, and all of it would count as new.
 */
export async function remains(collections: readonly Collection[]): Promise<Collection> {
  const merged = AggregatorRegistry.aggregate([...collections])
  const all = (await merged.getMetricsAsJSON()) as unknown as Collection
  return all.filter(({ type }) => type === 'counter' || type === 'histogram')
}
