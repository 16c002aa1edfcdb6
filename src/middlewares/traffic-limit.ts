import { pathOf } from '../http/request-target.ts'
import type { TrafficLimit } from '../services/traffic-limit.ts'
import type { Check } from './every-request.ts'

/** Bounds what one network may ask for. `exempt` paths are asked by whoever watches this server. */
export function trafficLimit(count: TrafficLimit, exempt: ReadonlySet<string>): Check {
  return ({ url = '', context }) => {
    if (!exempt.has(pathOf(url))) count(context.ip)
  }
}
