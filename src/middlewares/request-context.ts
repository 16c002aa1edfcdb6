import type { RequestHandler } from 'express'
import { createRequestContext } from '../http/request-context.ts'

/** Gives every request its context, and every answer its `X-Request-Id`. */
export function requestContext(): RequestHandler {
  return (req, res, next) => {
    req.context = createRequestContext(req.rawHeaders)
    res.setHeader('X-Request-Id', req.context.id)
    next()
  }
}
