import type { z } from 'zod'
import type { ZodOpenApiExampleObject, ZodOpenApiResponseObject } from 'zod-openapi'
import { type ErrorCode, errorTexts } from '../errors/error-codes.ts'
import { type AnswerHeader, answerHeaders, headersOf } from './answer-headers.ts'
import { mapValues } from './map-values.ts'
import type { ErrorAnswers } from './openapi-operation.ts'
import { problemBody } from './problem.ts'
import { headersByCode, statusByCode } from './status-by-code.ts'

const REQUEST_ID = answerHeaders['X-Request-Id'].example

/** Each set of codes that share a status is one component of the document, as is the example of each code. */
export function createErrorAnswers(problem: z.ZodObject): ErrorAnswers {
  const answers = new Map<string, ZodOpenApiResponseObject>()
  const examples = new Map<ErrorCode, ZodOpenApiExampleObject>()
  return (codes) =>
    mapValues(Object.fromEntries(Map.groupBy(codes, (code) => statusByCode[code])), (group) =>
      memo(answers, group.map(pascalCase).join('Or'), (id) => answerOf(id, group)),
    )

  function answerOf(id: string, codes: readonly ErrorCode[]): ZodOpenApiResponseObject {
    return {
      id,
      description: codes.map((code) => `\`${code}\`: ${errorTexts[code].detail}`).join('\n\n'),
      headers: headersOf([...new Set(codes.flatMap(headersOfCode))]),
      content: {
        'application/problem+json': {
          schema: problem,
          examples: Object.fromEntries(codes.map((code) => [code, exampleOf(code)])),
        },
      },
    }
  }

  function exampleOf(code: ErrorCode): ZodOpenApiExampleObject {
    return memo(examples, code, (id) => ({
      id,
      summary: errorTexts[code].title,
      value: problemBody(code, REQUEST_ID, code === 'invalid_request' ? WRONG_PLACES : []),
    }))
  }
}

function memo<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key) ?? make(key)
  known.set(key, value)
  return value
}

const WRONG_PLACES = [{ pointer: '/email', message: 'must be an email address' }]

function headersOfCode(code: ErrorCode): AnswerHeader[] {
  if (code === 'rate_limited') return ['Retry-After', 'RateLimit', 'RateLimit-Policy']
  return Object.keys(headersByCode[code] ?? {}).filter(isDescribed)
}

const isDescribed = (name: string): name is AnswerHeader => name in answerHeaders

const pascalCase = (code: ErrorCode): string =>
  code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
