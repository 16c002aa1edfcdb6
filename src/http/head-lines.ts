import { validateHeaderName, validateHeaderValue } from 'node:http'
import { securityHeaderLines } from './security-headers.ts'

/**
 * The lines of a head, names and values in turn. They are handed to Node in one piece: set one by one, each is checked,
 * kept and written out by itself, which takes longer than all else that a route does.
 */
export type HeadLines = string[] & {
  /** The first `covered` members as they are sent, all of them checked before. */
  text: string
  covered: number
}

/** Nothing of an answer is kept by anybody (ASVS 14.2.2), where nothing else is said. */
export const NOT_KEPT = 'no-store'

/** What the heads of many answers have in common. */
export interface HeadTemplate {
  /** Of the first two, each answer has its own values. */
  lines: readonly string[]
  /** All but these two. */
  text: string
}

const OWN = 4

const COMMON = createHeadTemplate([])

/** Of what every answer has, and `more`. Throws what Node throws for a name or a value that no header can have. */
export function createHeadTemplate(more: readonly string[]): HeadTemplate {
  const lines = ['X-Request-Id', '', 'Cache-Control', '', ...securityHeaderLines, ...more]
  let text = ''
  for (let index = OWN; index < lines.length; index += 2) {
    const [name = '', value = ''] = lines.slice(index, index + 2)
    validateHeaderName(name)
    validateHeaderValue(name, value)
    text += `${name}: ${value}\r\n`
  }
  return { lines, text }
}

/** What an answer begins with. `requestId` has passed the pattern of request ids; `cacheControl` is one of ours. */
export function headLines(requestId: string, cacheControl = NOT_KEPT, template = COMMON): HeadLines {
  const lines = template.lines.slice() as HeadLines
  lines[1] = requestId
  lines[3] = cacheControl
  lines.text = `X-Request-Id: ${requestId}\r\nCache-Control: ${cacheControl}\r\n${template.text}`
  lines.covered = lines.length
  return lines
}
