const NAMES = [
  'authorization',
  'content-length',
  'content-type',
  'expect',
  'host',
  'transfer-encoding',
  'user-agent',
  'x-forwarded-for',
  'x-request-id',
] as const

/** More than any client sends. Where there are more than 1,000, Node may drop the rest without a word. */
export const MAX_HEADERS = 100

type Name = (typeof NAMES)[number]

const NAMES_BY_LENGTH = Map.groupBy(NAMES, ({ length }) => length)

/** What matters for any request, whatever its route, as it was sent; of what was sent twice, the first. */
export type DecisiveHeaders = Partial<Record<Name, string>> & { repeated: Name[] }

/**
 * Reads them from the raw list, names and values in turn, in one pass. `req.headers` would parse every header there is,
 * which costs more than all the rest of a check, and would not tell which came twice.
 */
export function readDecisiveHeaders(rawHeaders: readonly string[]): DecisiveHeaders {
  const headers: DecisiveHeaders = { repeated: [] }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = decisiveName(rawHeaders[index] ?? '')
    if (name === undefined) continue
    if (headers[name] === undefined) headers[name] = rawHeaders[index + 1] ?? ''
    else headers.repeated.push(name)
  }
  return headers
}

function decisiveName(sent: string): Name | undefined {
  // Few names have the length of one of ours, so hardly any has to be lower-cased.
  return NAMES_BY_LENGTH.get(sent.length)?.find((name) => name === sent.toLowerCase())
}
