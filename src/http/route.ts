import type { Response } from 'express'
import type { z } from 'zod'
import type { AppError } from '../errors/app-error.ts'
import type { ErrorCode } from '../errors/error-codes.ts'
import type { AccessClaims } from '../services/access-token.service.ts'
import type { Origin } from '../services/origin.ts'
import type { AnswerHeader } from './answer-headers.ts'

/**
 * Who may call a route: everybody, everybody with a bearer token that counts where it is sent, whoever is signed in, or
 * whoever has the role.
 */
export type Access = 'public' | 'optional' | 'signed-in' | { role: string }

/** One answer: what it means and, where it has a body, the body's shape. */
export interface Answer {
  description: string
  body?: z.ZodType
  contentType?: string
  /** Those that only this answer has; a cookie may be left out. */
  headers?: readonly AnswerHeader[]
}

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/**
 * What a route promises. The Express routes, the handlers' types, `/openapi.json` and the tests' check of every
 * answer are all made from this. `errors` names what the route itself can raise; what follows from `access` and the
 * shapes is added by `possibleErrors`.
 */
export interface RouteContract {
  readonly method: Method | 'any'
  /** In Express's syntax, exact: `/users/:id/roles`. */
  readonly path: string
  /** The name of the function in a generated client: API, as the path is. */
  readonly operationId: string
  readonly summary: string
  /** What somebody has to know who calls it, in Markdown. */
  readonly description: string
  readonly tag: string
  /** A file that a page is made of: served as any route, but no part of the API. */
  readonly partOfPage?: true
  readonly access: Access
  /** Whether it takes a refresh token from the cookie, to exchange, end or replace it, and so refuses other sites. */
  readonly refreshCookie?: true
  /** Whether it takes what a browser shows of an earlier login. */
  readonly deviceCookie?: true
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
  origin: Origin
  /** Known on every route that is not public; on those where it is optional, perhaps. */
  caller: CallerOf<C['access']>
  /** Why the bearer token was refused, where it is optional. */
  refusal: AppError | null
  /** What the browser's cookie held, where the route reads it. */
  refreshCookie: string | null
  deviceCookie: string | null
}

type CallerOf<A> = A extends 'public' | undefined ? null : A extends 'optional' ? AccessClaims | null : AccessClaims

/**
 * A contract and its handler, whose types have been held against each other. The handler is null where the request is
 * answered before it comes to Express.
 */
export type Route = HandledRoute | { readonly contract: RouteContract & { method: 'any' }; readonly handle: null }

export interface HandledRoute {
  readonly contract: RouteContract & { method: Method }
  readonly handle: (request: RequestFor<RouteContract>, res: Response) => unknown
}

/** Binds a handler to its contract; does not compile where the handler expects what the contract does not give. */
export function route<const C extends HandledRoute['contract']>(
  contract: C,
  handle: (request: RequestFor<C>, res: Response) => unknown,
): Route {
  return { contract, handle: handle as HandledRoute['handle'] }
}

/** Every error that a call of this route can be answered with. */
export function possibleErrors({ access, params, refreshCookie, errors = [] }: RouteContract): ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      'invalid_request',
      ...(access === 'public' ? [] : (['unauthenticated', 'invalid_token'] as const)),
      ...(typeof access === 'object' ? (['forbidden'] as const) : []),
      ...(refreshCookie ? (['cross_site_request'] as const) : []),
      ...(params ? (['not_found'] as const) : []),
      'payload_too_large',
      'unsupported_media_type',
      'rate_limited',
      ...errors,
      'internal',
      'unavailable',
    ]),
  ]
}
