import { z } from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiParameters, ZodOpenApiResponsesObject } from 'zod-openapi'
import type { ErrorCode } from '../errors/error-codes.ts'
import { headersOf } from './answer-headers.ts'
import { DEVICE_COOKIE } from './device-cookie.ts'
import { mapValues } from './map-values.ts'
import { type Answer, possibleErrors, type RouteContract } from './route.ts'

/** The answers of a route by status, of the errors that it can raise. */
export type ErrorAnswers = (codes: readonly ErrorCode[]) => ZodOpenApiResponsesObject

export function operationOf(contract: RouteContract, errorAnswers: ErrorAnswers): ZodOpenApiOperationObject {
  const { operationId, summary, description, tag, body, answers } = contract
  return {
    operationId,
    summary,
    description,
    tags: [tag],
    security: securityOf(contract),
    requestParams: parametersOf(contract),
    ...(body && { requestBody: { required: !mayBeLeftOut(body), content: { 'application/json': { schema: body } } } }),
    responses: { ...errorAnswers(possibleErrors(contract)), ...mapValues(answers, answerOf) },
  }
}

/** No body is read as an empty object. */
const mayBeLeftOut = (body: z.ZodObject): boolean => body.safeParse({}).success

function parametersOf({ path, params, query, deviceCookie }: RouteContract): ZodOpenApiParameters {
  const pathParameters = params ?? wildcardOf(path)
  return {
    ...(pathParameters && { path: pathParameters }),
    ...(query && { query }),
    ...(deviceCookie && { cookie: z.object({ [DEVICE_COOKIE]: deviceToken }) }),
  }
}

const deviceToken = z.string().optional().meta({
  description: 'What an earlier login left in this browser. A browser sends it by itself.',
  example: 'Zm9yIGV4YW1wbGU',
})

/** What `*path` stands for is never read, so no contract has a shape for it. */
function wildcardOf(path: string): z.ZodObject | undefined {
  const name = /\*(\w+)/.exec(path)?.[1]
  if (name === undefined) return undefined
  const rest = z
    .string()
    .meta({ description: 'Anything, slashes included. It is not looked at.', example: 'reports/7' })
  return z.object({ [name]: rest })
}

function securityOf({ access, refreshCookie }: RouteContract): Record<string, string[]>[] {
  const ways: Record<string, string[]>[] = []
  if (access !== 'public') ways.push({ accessToken: [] })
  if (refreshCookie) ways.push({ refreshCookie: [] })
  const isNeeded = access !== 'public' && access !== 'optional'
  return isNeeded || ways.length === 0 ? ways : [...ways, {}]
}

function answerOf({ description, body, contentType = 'application/json', headers = [] }: Answer) {
  return {
    description,
    headers: headersOf(headers),
    ...(body && { content: { [contentType]: { schema: body } } }),
  }
}
