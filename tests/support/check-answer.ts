import assert from 'node:assert/strict'
import { possibleErrors, type Route, type RouteContract } from '../../src/http/route.ts'
import { problem } from '../../src/schemas/problem.schema.ts'

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** Parsed where it is JSON, else undefined. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the answer should have.
  body: any
}

/** Holds an answer against the contract of its route, and against the rules for every route. */
export function checkAnswer(routes: readonly Route[], method: string, target: string, answer: Answer): void {
  const path = target.split('?')[0] ?? ''
  const candidates = routes.map(({ contract }) => contract).filter((contract) => matches(contract, path))
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase()
  const contract = candidates.find(({ method }) => method === asked || method === 'any')
  const where = `${method} ${path} → ${answer.status}`

  assert.match(answer.headers.get('x-request-id') ?? '', /^[A-Za-z0-9._-]{1,64}$/, where)
  assert.ok(answer.headers.get('cache-control'), where)
  if (!contract?.answers[304]) assert.equal(answer.headers.get('etag'), null, where)
  assert.equal(answer.headers.get('x-powered-by'), null, where)
  if (method === 'HEAD') return

  const promised = contract?.answers[answer.status]
  if (promised?.body) {
    const expectedType = promised.contentType ?? 'application/json'
    assert.equal(answer.headers.get('content-type'), `${expectedType}; charset=utf-8`, where)
    // Parsing drops unknown keys, so a field that the contract does not name shows as a difference.
    for (const body of bodiesOf(answer, expectedType)) assert.deepEqual(promised.body.parse(body), body, where)
    return
  }
  if (promised) {
    assert.equal(answer.text, '', where)
    return
  }
  checkProblem(answer, where)
  const codes = contract ? possibleErrors(contract) : [candidates.length > 0 ? 'method_not_allowed' : 'not_found']
  assert.ok(
    [...codes, 'invalid_request', 'rate_limited'].includes(answer.body.code),
    `${where} ${answer.body.code} is not declared`,
  )
}

/** The body, each line of one that has many, or its text where it is no JSON. */
function bodiesOf({ text, body }: Answer, contentType: string): unknown[] {
  if (body !== undefined) return [body]
  return contentType === 'application/x-ndjson' ? linesOf(text) : [text]
}

export const linesOf = (ndjson: string): unknown[] =>
  ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

function checkProblem({ status, headers, body }: Answer, where: string): void {
  assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8', where)
  assert.deepEqual(problem.parse(body), body, where)
  assert.equal(body.status, status, where)
  assert.equal(body.type, `urn:gatehouse:problem:${body.code}`, where)
  assert.equal(body.requestId, headers.get('x-request-id'), where)
}

const matches = ({ path }: RouteContract, asked: string): boolean =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+').replaceAll(/\*\w+/g, '.*')}$`).test(asked)
