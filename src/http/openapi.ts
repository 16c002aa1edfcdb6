import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import type { ErrorCode } from '../errors/error-codes.ts'
import { DEVICE_COOKIE } from './device-cookie.ts'
import { REFRESH_COOKIE } from './refresh-cookie.ts'
import { type Access, type Answer, possibleErrors, type Route, type RouteContract } from './route.ts'
import { statusByCode } from './status-by-code.ts'

export interface OpenApiOptions {
  version: string
  publicUrl: string
  /** The shape of every error answer. */
  problem: z.ZodObject
}

/** The OpenAPI 3.1 document of the given routes. */
export function createOpenApi(routes: readonly Route[], { version, publicUrl, problem }: OpenApiOptions) {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Gatehouse',
      version,
      description: 'Users, roles and tokens: who somebody is, and what they may do.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    paths: pathsOf(routes, problem),
    components: {
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  })
}

function pathsOf(routes: readonly Route[], problem: z.ZodObject): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const { contract } of routes) {
    const path = contract.path.replaceAll(/[:*](\w+)/g, '{$1}')
    const method = contract.method === 'any' ? 'get' : contract.method
    paths[path] = { ...paths[path], [method]: operationOf(contract, problem) }
  }
  return paths
}

function operationOf(contract: RouteContract, problem: z.ZodObject): ZodOpenApiOperationObject {
  const { method, path, summary, tag, access, params, query, body, answers } = contract
  const cookie = cookiesOf(contract)
  return {
    operationId: [method, ...path.split(/\W+/).filter(Boolean)].join('_'),
    summary,
    tags: [tag],
    security: securityOf(access),
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(cookie && { cookie }),
    },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...errorAnswers(possibleErrors(contract), problem), ...mapValues(answers, answerOf) },
  }
}

function cookiesOf({ refreshCookie, deviceCookie }: RouteContract): z.ZodObject | undefined {
  const names = [...(refreshCookie ? [REFRESH_COOKIE] : []), ...(deviceCookie ? [DEVICE_COOKIE] : [])]
  if (names.length === 0) return undefined
  return z.object(Object.fromEntries(names.map((name) => [name, z.string().optional()])))
}

function securityOf(access: Access): Record<string, string[]>[] {
  if (access === 'public') return []
  return access === 'optional' ? [{ accessToken: [] }, {}] : [{ accessToken: [] }]
}

function answerOf({ description, body, contentType = 'application/json' }: Answer) {
  return { description, ...(body && { content: { [contentType]: { schema: body } } }) }
}

function errorAnswers(codes: readonly ErrorCode[], problem: z.ZodObject) {
  const byStatus = Map.groupBy(codes, (code) => statusByCode[code])
  return mapValues(Object.fromEntries(byStatus), (group) => ({
    description: group.map((code) => `\`${code}\``).join(', '),
    content: { 'application/problem+json': { schema: problem } },
  }))
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
