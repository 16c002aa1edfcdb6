import type { RequestListener } from 'node:http'
import express from 'express'
import type { Container } from './container.ts'
import { Answer } from './http/answer.ts'
import { createClientAddress } from './http/client-address.ts'
import { mountRoutes } from './http/mount-routes.ts'
import { isOutage } from './infrastructure/database.ts'
import { crossOrigin, preflight } from './middlewares/cors.ts'
import { directAnswer } from './middlewares/direct-answer.ts'
import { createErrorAnswer, errorHandler } from './middlewares/error-handler.ts'
import { everyRequest } from './middlewares/every-request.ts'
import { notFound } from './middlewares/not-found.ts'
import { requireReadable } from './middlewares/refuse-unreadable.ts'
import { createRequestLog } from './middlewares/request-log.ts'
import { trafficLimit } from './middlewares/traffic-limit.ts'
import { HEALTH_PATHS } from './routes/health.routes.ts'
import { VERIFY_PATH } from './routes/verify.routes.ts'

/** The way of every request: `/verify` is answered first, all others are checked, and Express has the routes. */
export function createApp({ config, log, routes, guard, verify, countTraffic, metrics }: Container): RequestListener {
  const answerError = createErrorAnswer({ log, isOutage, countUnexpected: metrics.unexpectedError })
  const requestLog = createRequestLog(log, metrics.requests)
  const hasCors = config.corsOrigins.length > 0

  const app = express()
  // Express gives answers a prototype of its own.
  app.response._storeHeader = Answer.prototype._storeHeader
  app.disable('x-powered-by')
  app.disable('etag')
  // The query is read by the route's contract, see http/read-query.ts.
  app.disable('query parser')
  if (hasCors) app.use(preflight())
  app.use(mountRoutes(routes, guard))
  app.use(notFound())
  app.use(errorHandler(answerError))

  const checks = [
    // Before anything is refused, so that a page can read why.
    ...(hasCors ? [crossOrigin(config.corsOrigins)] : []),
    requireReadable,
    trafficLimit(countTraffic, HEALTH_PATHS),
  ]
  const clientAddress = createClientAddress(config.trustProxy, log)
  const checked = everyRequest({ clientAddress, requestLog, answerError }, checks, app)
  return directAnswer({ path: VERIFY_PATH, answer: verify, requestLog, answerError }, checked)
}
