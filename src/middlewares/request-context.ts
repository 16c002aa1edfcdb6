import type { RequestHandler } from 'express'
import type { ClientAddress } from '../http/client-address.ts'
import { createRequestContext } from '../http/request-context.ts'

/** Gives every request its context, and every answer its `X-Request-Id`. */
export function requestContext(clientAddress: ClientAddress): RequestHandler {
  return (req, res, next) => {
    req.context = { ...createRequestContext(req.rawHeaders), ip: clientAddress(req) }
    res.setHeader('X-Request-Id', req.context.id)
    next()
  }
}
