import type { Response } from 'express'
import type { z } from 'zod'
import type { ErrorCode } from '../errors/error-codes.ts'
import type { AccessClaims } from '../services/access-token.service.ts'
import type { Client } from '../services/session.service.ts'

/** Who may call a route: everybody, whoever is signed in, or whoever has the role. */
export type Access = 'public' | 'signed-in' | { role: string }

/** One answer: what it means and, where it has a body, the body's shape. */
export interface Answer {
  description: string
  body?: z.ZodType
  contentType?: string
}

/**
 * What a route promises. The Express routes, the handlers' types, `/openapi.json` and the tests' check of every
 * answer are all made from this. `errors` names what the route itself can raise; what follows from `access` and the
 * shapes is added by `possibleErrors`.
 */
export interface RouteContract {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** In Express's syntax, exact: `/users/:id/roles`. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly access: Access
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  readonly answers: Readonly<Record<number, Answer>>
  readonly errors?: readonly ErrorCode[]
}

type Shapes = Partial<Pick<RouteContract, 'params' | 'query' | 'body' | 'access'>>
type OutputOf<Shape> = Shape extends z.ZodType ? z.output<Shape> : Record<string, never>

/** What a handler is given: the checked input, who calls and from where. */
export interface RequestFor<C extends Shapes> {
  requestId: string
  params: OutputOf<C['params']>
  query: OutputOf<C['query']>
  body: OutputOf<C['body']>
  client: Client
  /** Known on every route that is not public. */
  caller: C['access'] extends 'public' | undefined ? null : AccessClaims
}

/** A contract and its handler, whose types have been held against each other. */
export interface Route {
  readonly contract: RouteContract
  readonly handle: (request: RequestFor<RouteContract>, res: Response) => unknown
}

/** Binds a handler to its contract; does not compile where the handler expects what the contract does not give. */
export function route<const C extends RouteContract>(
  contract: C,
  handle: (request: RequestFor<C>, res: Response) => unknown,
): Route {
  return { contract, handle: handle as Route['handle'] }
}

/** Every error that a call of this route can be answered with. */
export function possibleErrors({ access, params, errors = [] }: RouteContract): ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      'invalid_request',
      ...(access === 'public' ? [] : (['unauthenticated', 'invalid_token'] as const)),
      ...(typeof access === 'object' ? (['forbidden'] as const) : []),
      ...(params ? (['not_found'] as const) : []),
      'payload_too_large',
      'unsupported_media_type',
      ...errors,
      'internal',
      'unavailable',
    ]),
  ]
}
