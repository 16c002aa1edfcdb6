import { invalidRequest } from '../errors/app-error.ts'
import { jsonPointer } from './json-pointer.ts'

/**
 * Reads a query string as the contract asks for it: what is not valid percent-encoded UTF-8 is refused instead of
 * mended, and a parameter that is given twice is refused instead of chosen from (ASVS 15.3.7). One that is `repeatable`
 * is a list.
 */
export function readQuery(url: string, repeatable?: string): Record<string, string | string[]> {
  const start = url.indexOf('?')
  const values = new Map<string, string[]>()
  if (start === -1) return {}
  for (const pair of url.slice(start + 1).split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals === -1 ? pair : pair.slice(0, equals))
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1))
    const given = values.get(name)
    if (given) given.push(value)
    else values.set(name, [value])
  }
  return Object.fromEntries(
    values.entries().map(([name, given]) => [name, name === repeatable ? given : only(name, given)]),
  )
}

function only(name: string, given: readonly string[]): string {
  const [value = '', ...more] = given
  if (more.length > 0) throw invalidRequest(jsonPointer([name]), 'is given twice')
  return value
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw invalidRequest('', 'the query is not valid percent-encoded UTF-8', cause)
  }
}
