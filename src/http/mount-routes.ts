import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import { checkShape } from './check-shape.ts'
import { originOf } from './origin.ts'
import { readBody } from './read-body.ts'
import { readQuery } from './read-query.ts'
import type { HandledRoute, RequestFor, Route, RouteContract } from './route.ts'

/** Turns what a contract says of access into the middlewares that hold it. */
export type Guard = (contract: Pick<RouteContract, 'access' | 'refreshCookie' | 'deviceCookie'>) => RequestHandler[]

const NOTHING = z.strictObject({})

/**
 * Makes Express routes from contracts. Each request passes: guard, body, shapes, handler, in this order, and paths are
 * exact. A known path that is called with another method gets 405 with `Allow`.
 */
export function mountRoutes(routes: readonly Route[], guard: Guard): Router {
  const router = Router({ caseSensitive: true, strict: true })
  for (const { contract, handle } of routes.filter(isHandled)) {
    router[contract.method](
      contract.path,
      noteRoute(contract.path),
      ...guard(contract),
      readBody,
      checkInput(contract),
      (req: Request, res: Response) => handle(req.context.input as RequestFor<RouteContract>, res),
    )
  }
  for (const [path, methods] of methodsByPath(routes.filter(isHandled)))
    router.all(path, noteRoute(path), refuseMethod(methods))
  return router
}

const isHandled = (route: Route): route is HandledRoute => route.handle !== null

function noteRoute(path: string): RequestHandler {
  return (req, _res, next) => {
    req.context.route = path
    next()
  }
}

/** A shape that the contract leaves out admits nothing: an unknown query parameter or body key is refused. */
function checkInput({ params = NOTHING, query = NOTHING, body = NOTHING }: RouteContract): RequestHandler {
  return (req: Request, _res: Response, next: NextFunction) => {
    req.context.input = {
      requestId: req.context.id,
      params: checkShape(params, req.params),
      query: checkShape(query, readQuery(req.url)),
      body: checkShape(body, req.body),
      origin: originOf(req),
      caller: req.context.caller,
      refusal: req.context.refusal,
      refreshCookie: req.context.refreshCookie,
      deviceCookie: req.context.deviceCookie,
    } satisfies RequestFor<RouteContract> | { caller: null }
    next()
  }
}

function methodsByPath(routes: readonly HandledRoute[]): Map<string, string[]> {
  const methods = new Map<string, string[]>()
  for (const { contract } of routes) {
    const known = methods.get(contract.path) ?? []
    methods.set(contract.path, [...known, contract.method.toUpperCase()])
  }
  return methods
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
  return (_req, res) => {
    res.setHeader('Allow', allow)
    throw new AppError('method_not_allowed')
  }
}
