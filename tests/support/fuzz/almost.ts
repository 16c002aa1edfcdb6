import fc from 'fast-check'
import type { RouteContract } from '../../../src/http/route.ts'
import { allowedRequests } from './allowed.ts'
import { bodyChanges, byteChanges } from './body-changes.ts'
import type { Draft } from './draft.ts'
import { lineChanges, pathChanges, queryChanges } from './head-changes.ts'

/** Requests that keep to a contract but for one thing. */
export function almostAllowedRequests(contract: RouteContract): fc.Arbitrary<Draft> {
  const where = (has: object | undefined) => (has ? 4 : 1)
  const changes = fc.oneof(
    { arbitrary: bodyChanges(), weight: where(contract.body) },
    { arbitrary: queryChanges(contract), weight: where(contract.query) },
    { arbitrary: pathChanges(), weight: where(contract.params) },
    byteChanges(),
    lineChanges(),
  )
  return fc.tuple(allowedRequests(contract), changes).map(([draft, change]) => change(draft))
}
