import cors from 'cors'
import express, { type Express } from 'express'
import type { Container } from './container.ts'
import { mountRoutes } from './http/mount-routes.ts'
import { isOutage } from './infrastructure/database.ts'
import { errorHandler } from './middlewares/error-handler.ts'
import { notFound } from './middlewares/not-found.ts'
import { refuseUnreadable } from './middlewares/refuse-unreadable.ts'
import { requestContext } from './middlewares/request-context.ts'
import { requestLog } from './middlewares/request-log.ts'
import { securityHeaders } from './middlewares/security-headers.ts'

/** The way of every request, from top to bottom. */
export function createApp({ config, log, routes, guard }: Container): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  // The query is read by the route's contract, see http/read-query.ts.
  app.disable('query parser')

  app.use(requestContext())
  app.use(requestLog(log))
  app.use(securityHeaders())
  if (config.corsOrigins.length > 0) {
    app.use(cors({ origin: config.corsOrigins, credentials: true, exposedHeaders: ['X-Request-Id'], maxAge: 600 }))
  }
  app.use(refuseUnreadable())
  app.use(mountRoutes(routes, guard))
  app.use(notFound())
  app.use(errorHandler({ log, isOutage }))
  return app
}
