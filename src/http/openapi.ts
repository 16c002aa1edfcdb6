import type { z } from 'zod'
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi'
import { answerHeaders } from './answer-headers.ts'
import { mapValues } from './map-values.ts'
import { createErrorAnswers } from './openapi-errors.ts'
import { addExamples } from './openapi-examples.ts'
import { type ErrorAnswers, operationOf } from './openapi-operation.ts'
import { REFRESH_COOKIE } from './refresh-cookie.ts'
import type { Route } from './route.ts'

export interface OpenApiOptions {
  version: string
  /** What the API is and what holds for every route, in Markdown. */
  description: string
  /** What belongs together, in the order of a page, by the contracts' `tag`. */
  tags: Readonly<Record<string, string>>
  /** The shape of every error answer. */
  problem: z.ZodObject
}

/** The OpenAPI 3.1 document of the given routes. */
export function createOpenApi(routes: readonly Route[], { version, description, tags, problem }: OpenApiOptions) {
  const document = createDocument({
    openapi: '3.1.1',
    info: { title: 'Gatehouse', version, description, license: { name: 'MIT', identifier: 'MIT' } },
    // Relative to where the document comes from, so that it is true behind any proxy and on any port.
    servers: [{ url: '/', description: 'The server that sent this document' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths: pathsOf(routes, createErrorAnswers(problem)),
    components: {
      headers: mapValues(answerHeaders, ({ description, example }) => ({
        description,
        schema: { type: 'string' },
        example,
      })),
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The `token` of a login, a registration or a refresh.',
        },
        refreshCookie: {
          type: 'apiKey',
          in: 'cookie',
          name: REFRESH_COOKIE,
          description:
            'The refresh token of a browser. `POST /login` and `POST /register` set it where `"cookie": true` asks for it.',
        },
      },
    },
  })
  return addExamples(document)
}

function pathsOf(routes: readonly Route[], errorAnswers: ErrorAnswers): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const { contract } of routes.filter(({ contract }) => !contract.partOfPage)) {
    const path = contract.path.replaceAll(/[:*](\w+)/g, '{$1}')
    const method = contract.method === 'any' ? 'get' : contract.method
    paths[path] = { ...paths[path], [method]: operationOf(contract, errorAnswers) }
  }
  return paths
}
