import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { z } from 'zod'
import { errorTexts } from '../../../src/errors/error-codes.ts'
import { possibleErrors, type RouteContract } from '../../../src/http/route.ts'
import { statusByCode } from '../../../src/http/status-by-code.ts'
import { problem } from '../../../src/schemas/problem.schema.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const { body: document, text } = await server.get('/openapi.json')
const { responses, examples, headers } = document.components
const contracts = server.routes.map(({ contract }) => contract).filter(({ partOfPage }) => !partOfPage)

function operationOf({ path, method }: RouteContract) {
  return document.paths[path.replaceAll(/[:*](\w+)/g, '{$1}')][method === 'any' ? 'get' : method]
}

const named = <T>(map: Record<string, T>, { $ref }: { $ref: string }): T => map[$ref.split('/').at(-1) ?? ''] as T

const bodyOf = (shape: z.ZodType, example: unknown) =>
  assert.doesNotThrow(() => shape.parse(example), JSON.stringify(example))

describe('the OpenAPI document', () => {
  it('passes the recommended rules of Redocly without a word', async () => {
    const config = await createConfig({ extends: ['recommended'] })
    const found = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
    assert.deepEqual(
      found.map(({ severity, ruleId, message, location }) => [severity, ruleId, message, location[0]?.pointer]),
      [],
    )
  })

  it('names each operation for generated clients', () => {
    const names = contracts.map(({ operationId }) => operationId)
    assert.deepEqual(names, [
      ...['register', 'login', 'refresh', 'logout', 'listSessions', 'endOtherSessions', 'endSession'],
      ...['listMovies', 'listMoviesByPost', 'getMovie'],
      ...['getAccount', 'getAccountByPost', 'exportAccount', 'updateAccount', 'changePassword', 'deleteAccount'],
      ...['listUsers', 'getUser', 'updateUser', 'deleteUser', 'listUserSessions', 'endUserSessions'],
      ...['listRoles', 'createRole', 'updateRole', 'deleteRole', 'listUserRoles', 'grantRole', 'revokeRole'],
      ...['listAuditEvents', 'exportAuditEvents', 'verify', 'verifyPath', 'getHealth', 'getReadiness'],
      ...['getServiceInfo', 'getOpenApi', 'getJwks', 'getProviderMetadata', 'getDocs'],
    ])
    assert.equal(new Set(names).size, names.length)
    for (const contract of contracts) assert.equal(operationOf(contract).operationId, contract.operationId)
  })

  it('says of each what it is for, and where it belongs', () => {
    const tags = document.tags.map(({ name }: { name: string }) => name)
    for (const contract of contracts) {
      const { summary, description } = operationOf(contract)
      assert.ok(summary && description, contract.operationId)
      assert.ok(tags.includes(contract.tag), contract.tag)
    }
    for (const { name, description } of document.tags) {
      assert.ok(description, name)
      assert.ok(
        contracts.some(({ tag }) => tag === name),
        name,
      )
    }
  })

  it('leads to the server that it comes from, whatever that is called', () => {
    assert.deepEqual(
      document.servers.map(({ url }: { url: string }) => url),
      ['/'],
    )
  })
})

describe('the examples', () => {
  for (const contract of contracts) {
    it(`of ${contract.operationId} have the shapes of what they are examples of`, () => {
      const { requestBody, responses: answers } = operationOf(contract)
      if (contract.body) bodyOf(contract.body, requestBody.content['application/json'].example)
      for (const [status, { body, contentType = 'application/json' }] of Object.entries(contract.answers)) {
        if (body) bodyOf(body, answers[status].content[contentType].example)
      }
      for (const parameter of operationOf(contract).parameters ?? []) {
        assert.ok(parameter.description ?? parameter.schema.description ?? parameter.schema.format, parameter.name)
        assert.notEqual(parameter.schema.example, undefined, parameter.name)
      }
    })
  }

  it('of parameters are what the server takes', () => {
    for (const contract of contracts.filter(({ query }) => query)) {
      for (const parameter of operationOf(contract).parameters.filter((one: { in: string }) => one.in === 'query')) {
        if (parameter.name === 'cursor') continue
        const { example } = parameter.schema
        const given = Array.isArray(example) ? example : String(example)
        bodyOf(contract.query as z.ZodType, { [parameter.name]: given })
      }
    }
  })

  it('of errors are what is answered, one for each code', () => {
    for (const contract of contracts) {
      for (const [status, codes] of Map.groupBy(possibleErrors(contract), (code) => statusByCode[code])) {
        if (contract.answers[status]) continue
        const { content } = named<{ content: object }>(responses, operationOf(contract).responses[status])
        const shown = (content as Record<string, { examples: object }>)['application/problem+json']?.examples ?? {}
        assert.deepEqual(Object.keys(shown), codes, `${contract.operationId} ${status}`)
      }
    }
    for (const [code, { value }] of Object.entries<{ value: z.output<typeof problem> }>(examples)) {
      assert.deepEqual(problem.parse(value), value)
      const { title, detail } = errorTexts[code as keyof typeof errorTexts]
      assert.deepEqual([value.code, value.title, value.detail], [code, title, detail])
      assert.equal(value.status, statusByCode[code as keyof typeof statusByCode])
    }
  })
})

describe('the headers', () => {
  const of = (operationId: string, status: number): string[] => {
    const contract = contracts.find((one) => one.operationId === operationId) as RouteContract
    const answer = operationOf(contract).responses[status]
    return Object.keys((answer.$ref ? named<{ headers: object }>(responses, answer) : answer).headers)
  }

  for (const [operationId, status, ...wanted] of [
    ['getAccount', 200],
    ['getAccount', 400],
    ['getAccount', 401, 'WWW-Authenticate'],
    ['listUsers', 403, 'WWW-Authenticate'],
    ['login', 401],
    ['login', 403],
    ['login', 200, 'Set-Cookie'],
    ['logout', 204, 'Set-Cookie'],
    ['login', 429, 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
    ['login', 503, 'Retry-After'],
    ['verify', 204, 'X-User-Id', 'X-User-Email', 'X-User-Roles', 'X-Session-Id'],
    ['exportAccount', 200, 'Content-Disposition'],
  ] as const) {
    it(`of ${operationId} with ${status} are named`, () => {
      assert.deepEqual(of(operationId, status), ['X-Request-Id', ...wanted])
      for (const name of wanted) assert.ok(headers[name].description && headers[name].example, name)
    })
  }
})
