import fc from 'fast-check'
import type { RouteContract } from '../../../src/http/route.ts'
import type { Draft } from './draft.ts'
import { inputsOf } from './inputs.ts'
import { ACTORS, type Actor } from './known.ts'

/** Requests that keep to a contract's shapes, sent by whom it lets in, or by anybody. */
export function allowedRequests(contract: RouteContract): fc.Arbitrary<Draft> {
  return sendersOf(contract).chain((actor) => draftsOf(contract, actor))
}

function sendersOf({ access }: RouteContract): fc.Arbitrary<Actor> {
  const rightOne = typeof access === 'object' ? 'admin' : 'user'
  return fc.oneof({ arbitrary: fc.constant<Actor>(rightOne), weight: 3 }, fc.constantFrom(...ACTORS))
}

function draftsOf(contract: RouteContract, actor: Actor): fc.Arbitrary<Draft> {
  const place = { path: contract.path, actor }
  const nothing = fc.constant<Record<string, unknown>>({})
  const method =
    contract.method === 'any' ? fc.constantFrom('GET', 'POST', 'DELETE') : fc.constant(contract.method.toUpperCase())
  return fc.record({
    actor: fc.constant(actor),
    method,
    path: pathsOf(contract, contract.params ? inputsOf(contract.params, place) : nothing),
    query: (contract.query ? inputsOf(contract.query, place) : nothing).map(queryOf),
    headers: fc.constant([]),
    ...(contract.body && { body: fc.record({ json: inputsOf(contract.body, place) }) }),
  })
}

function pathsOf({ path }: RouteContract, params: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<string> {
  const below = fc.webPath().map((rest) => rest.slice(1))
  return fc
    .tuple(params, below)
    .map(([values, rest]) =>
      path
        .replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
        .replaceAll(/\*\w+/g, () => rest),
    )
}

const queryOf = (values: Record<string, unknown>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}=${encodeURIComponent(String(one))}`))
    .join('&')
