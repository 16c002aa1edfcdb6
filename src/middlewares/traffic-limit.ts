import type { RequestHandler } from 'express'
import type { TrafficLimit } from '../services/traffic-limit.ts'

/** Bounds what one network may ask for. `exempt` paths are asked by whoever watches this server. */
export function trafficLimit(count: TrafficLimit, exempt: ReadonlySet<string>): RequestHandler {
  return (req, _res, next) => {
    if (!exempt.has(req.path)) count(req.context.ip)
    next()
  }
}
