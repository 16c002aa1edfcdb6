import type { RequestListener } from 'node:http'
import express from 'express'
import type { Container } from './container.ts'
import { createClientAddress } from './http/client-address.ts'
import { mountRoutes } from './http/mount-routes.ts'
import { isOutage } from './infrastructure/database.ts'
import { crossOrigin, preflight } from './middlewares/cors.ts'
import { directAnswer } from './middlewares/direct-answer.ts'
import { createErrorAnswer, errorHandler } from './middlewares/error-handler.ts'
import { notFound } from './middlewares/not-found.ts'
import { refuseUnreadable } from './middlewares/refuse-unreadable.ts'
import { requestContext } from './middlewares/request-context.ts'
import { requestLog } from './middlewares/request-log.ts'
import { securityHeaders } from './middlewares/security-headers.ts'
import { trafficLimit } from './middlewares/traffic-limit.ts'
import { HEALTH_PATHS } from './routes/health.routes.ts'
import { VERIFY_PATH } from './routes/verify.routes.ts'

/** The way of every request, from top to bottom; `/verify` takes a shorter one. */
export function createApp({ config, log, routes, guard, verify, countTraffic, metrics }: Container): RequestListener {
  const answerError = createErrorAnswer({ log, isOutage, countUnexpected: metrics.unexpectedError })
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  // The query is read by the route's contract, see http/read-query.ts.
  app.disable('query parser')

  app.use(requestContext(createClientAddress(config.trustProxy, log)))
  app.use(requestLog(log, metrics.requests))
  app.use(securityHeaders())
  // Before anything is refused, so that a page can read why.
  app.use(crossOrigin(config.corsOrigins))
  app.use(refuseUnreadable())
  app.use(trafficLimit(countTraffic, HEALTH_PATHS))
  app.use(preflight())
  app.use(mountRoutes(routes, guard))
  app.use(notFound())
  app.use(errorHandler(answerError))
  return directAnswer({ path: VERIFY_PATH, answer: verify, log, requestTimes: metrics.requests, answerError }, app)
}
