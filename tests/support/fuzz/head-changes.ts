import fc from 'fast-check'
import type { RouteContract } from '../../../src/http/route.ts'
import { type Change, changesBy } from './change.ts'
import { strangeHeaders, strangeTexts } from './strange.ts'

const PAIRS = [
  ...['__proto__=x', 'constructor=x', 'limit=1e3', 'limit=-1', `limit=${'9'.repeat(20)}`],
  ...['q=%', 'q=%ff', 'q[]=a', 'q[a]=b', '=', '&&', '%'],
]

/** A parameter with a strange value, one that is unknown, given twice, or that cannot be read. */
export function queryChanges({ query }: RouteContract): fc.Arbitrary<Change> {
  const strangePairs = fc.tuple(strangeTexts(), strangeTexts()).map((pair) => pair.map(encoded).join('='))
  const added = changesBy(fc.oneof(fc.constantFrom(...PAIRS), strangePairs), (draft, pair) => ({
    ...draft,
    query: joined(draft.query, pair),
  }))
  const doubled = fc.constant<Change>((draft) => ({ ...draft, query: joined(draft.query, draft.query) }))
  const names = Object.keys(query?.shape ?? { q: null })
  const replaced = changesBy(fc.tuple(fc.constantFrom(...names), strangeTexts()), (draft, [name, value]) => {
    const others = draft.query.split('&').filter((pair) => !pair.startsWith(`${name}=`))
    return { ...draft, query: joined(others.join('&'), `${name}=${encoded(value)}`) }
  })
  return fc.oneof({ arbitrary: replaced, weight: 6 }, { arbitrary: added, weight: 2 }, doubled)
}

const SEGMENTS = ['%', '%ff', '%00', '%2f', '..', '.', '%2e%2e', ';a=b', '*', '%c0%af', '%ed%a0%80', ':id']

const ALTERATIONS: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.toUpperCase(),
  (path) => path.replaceAll('/', '//'),
  (path) => `/${path.slice(1).replaceAll('/', '%2f')}`,
  (path) => `${path}.json`,
  (path) => path.slice(0, -1) || '/',
]

export function pathChanges(): fc.Arbitrary<Change> {
  const segments = fc.oneof(fc.constantFrom(...SEGMENTS), strangeTexts().map(encoded))
  const replaced = changesBy(fc.tuple(fc.nat(), segments), (draft, [index, segment]) => {
    const parts = draft.path.split('/').slice(1)
    return { ...draft, path: `/${parts.with(index % parts.length, segment).join('/')}` }
  })
  const altered = changesBy(fc.constantFrom(...ALTERATIONS), (draft, alter) => ({ ...draft, path: alter(draft.path) }))
  return fc.oneof({ arbitrary: replaced, weight: 3 }, altered)
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH']

/** Another method, or headers that say something else of the body, of the caller or of where the request comes from. */
export function lineChanges(): fc.Arbitrary<Change> {
  const renamed = changesBy(fc.constantFrom(...METHODS), (draft, method) => ({ ...draft, method }))
  const added = changesBy(fc.array(strangeHeaders(), { minLength: 1, maxLength: 3 }), (draft, headers) => ({
    ...draft,
    headers: [...draft.headers, ...headers],
  }))
  return fc.oneof(renamed, { arbitrary: added, weight: 3 })
}

const joined = (query: string, more: string): string => (query === '' ? more : `${query}&${more}`)

/** Not so long that the head of the request would be more than Node reads. */
const encoded = (text: string): string => encodeURIComponent(text.slice(0, 500).toWellFormed())
