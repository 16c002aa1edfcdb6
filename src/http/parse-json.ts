import { isUtf8 } from 'node:buffer'
import { invalidRequest } from '../errors/app-error.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/**
 * Parses a JSON text so that every reader understands the same: what `JSON.parse` mends or drops in silence is refused
 * with `invalid_request` (ASVS 1.5.3). That is bytes that are not UTF-8, which decoding would replace by U+FFFD, so that
 * two passwords would become one, and a key that an object has twice. Takes linear time, whatever the depth.
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw invalidRequest('', 'is not UTF-8')
  const value = parse(bytes.toString('utf8'))
  // Each member of an object is written with one colon, and kept only where its key is new.
  if (countColons(bytes) !== countMembers(value)) throw invalidRequest('', 'has an object with a key given twice')
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalidRequest('', 'is not JSON', cause)
  }
}

/** Colons outside strings. In UTF-8 no byte of another character looks like one of these three. */
function countColons(bytes: Buffer): number {
  let colons = 0
  let isInString = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === QUOTE) isInString = !isInString
    else if (byte === BACKSLASH) index += 1
    else if (byte === COLON && !isInString) colons += 1
  }
  return colons
}

/** Without recursion: nesting is as deep as a client likes. */
function countMembers(value: unknown): number {
  let members = 0
  const left: unknown[] = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) continue
    const values = Object.values(next)
    if (!Array.isArray(next)) members += values.length
    for (const each of values) left.push(each)
  }
  return members
}
