import { type Request, type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import { checkShape } from './check-shape.ts'
import { originOf } from './origin.ts'
import { readBody } from './read-body.ts'
import { readQuery } from './read-query.ts'
import { pathOf } from './request-target.ts'
import type { HandledRoute, RequestFor, Route, RouteContract } from './route.ts'

/** Turns what a contract says of access into the middlewares that hold it. */
export type Guard = (contract: Pick<RouteContract, 'access' | 'refreshCookie' | 'deviceCookie'>) => RequestHandler[]

const NOTHING = z.strictObject({})

/**
 * Makes Express routes from contracts. Each request passes: guard, body, shapes, handler, in this order, and paths are
 * exact. A known path that is called with another method gets 405 with `Allow`. A path without parameters has a router of
 * its own, which is looked up, so no request is held against the patterns of all others.
 */
export function mountRoutes(routes: readonly Route[], guard: Guard): RequestHandler {
  const withParameters = newRouter()
  const byPath = new Map<string, Router>()
  for (const [path, ofPath] of Map.groupBy(routes.filter(isHandled), ({ contract }) => contract.path)) {
    const router = path.includes(':') ? withParameters : newRouter()
    if (router !== withParameters) byPath.set(path, router)
    for (const route of ofPath) mount(router, route, guard)
    router.all(path, noteRoute(path), refuseMethod(ofPath.map(({ contract }) => contract.method.toUpperCase())))
  }
  return (req, res, next) => {
    const router = byPath.get(pathOf(req.url)) ?? withParameters
    router(req, res, next)
  }
}

const isHandled = (route: Route): route is HandledRoute => route.handle !== null

const newRouter = () => Router({ caseSensitive: true, strict: true })

function mount(router: Router, { contract, handle }: HandledRoute, guard: Guard): void {
  router[contract.method](
    contract.path,
    noteRoute(contract.path),
    ...guard(contract),
    readBody,
    (req: Request, res: Response) => handle(inputOf(contract, req) as RequestFor<RouteContract>, res),
  )
}

function noteRoute(path: string): RequestHandler {
  return (req, _res, next) => {
    req.context.route = path
    next()
  }
}

/** A shape that the contract leaves out admits nothing: an unknown query parameter or body key is refused. */
function inputOf({ params = NOTHING, query = NOTHING, body = NOTHING }: RouteContract, req: Request) {
  const { id: requestId, caller, refusal, refreshCookie, deviceCookie } = req.context
  return {
    requestId,
    params: checkShape(params, req.params),
    query: checkShape(query, readQuery(req.url)),
    body: checkShape(body, req.body),
    origin: originOf(req.context),
    caller,
    refusal,
    refreshCookie,
    deviceCookie,
  } satisfies RequestFor<RouteContract> | { caller: null }
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
  return (_req, res) => {
    res.setHeader('Allow', allow)
    throw new AppError('method_not_allowed')
  }
}
