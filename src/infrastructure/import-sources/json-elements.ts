import { createValueScan } from './json-value.ts'
import { MAX_RECORD_BYTES, type Place } from './lines.ts'
import type { SourceFile } from './source-file.ts'

export interface JsonElement {
  /** Null where it is longer than may be held in memory. */
  bytes: Buffer | null
  /** Where it begins. */
  line: number
  /** Where it ends. */
  next: Place
}

type Inside = 'key' | 'value' | 'element'
type State = Inside | keyof typeof TRANSITIONS

/** What may come, and what is then. `*` is any value. */
const TRANSITIONS = {
  begin: { '{': 'firstKey' },
  firstKey: { '"': 'key', '}': 'end' },
  nextKey: { '"': 'key' },
  colon: { ':': 'anyValue' },
  colonOfList: { ':': 'list' },
  anyValue: { '*': 'value' },
  list: { '[': 'firstElement', '*': 'value' },
  afterValue: { ',': 'nextKey', '}': 'end' },
  firstElement: { ']': 'afterValue', '*': 'element' },
  nextElement: { '*': 'element' },
  afterElement: { ',': 'nextElement', ']': 'afterValue' },
  end: {},
} as const satisfies Record<string, Record<string, string>>

const INSIDE: ReadonlySet<string> = new Set<Inside>(['key', 'value', 'element'])
const VALUE_BEGINS = /[[{"\-\dtfn]/
const LF = 0x0a
const SPACES = new Set(Buffer.from(' \t\r\n'))
const BOM = Buffer.from('\ufeff')

/**
 * The elements of the list that the top-level object of a file has under a name, some at a time; behind a place, or all.
 * Throws where it is no JSON between them, with the line, and where there is no such list.
 */
export async function* readElements(
  file: SourceFile,
  name: string,
  after: Place | null,
): AsyncGenerator<JsonElement[]> {
  const cutter = createCutter(name, after)
  for await (const { bytes, offset } of file.chunks(after?.offset ?? 0)) {
    const hasMark = offset === 0 && bytes.subarray(0, BOM.length).equals(BOM)
    yield cutter.cut(bytes, offset, hasMark ? BOM.length : 0)
  }
  cutter.finish()
}

function createCutter(name: string, after: Place | null) {
  const scan = createValueScan()
  const kept = createKept()
  let state: State = after === null ? 'begin' : 'afterElement'
  let hasList = after !== null
  let line = after?.line ?? 1
  let firstLine = line
  return { cut, finish }

  function cut(bytes: Buffer, offset: number, start: number): JsonElement[] {
    const found: JsonElement[] = []
    for (let at = start; at < bytes.length; ) {
      at = INSIDE.has(state) ? goOn(bytes, at, offset, found) : step(bytes[at] ?? 0, at)
    }
    return found
  }

  /** Between values. What begins one is left for `goOn`. */
  function step(byte: number, at: number): number {
    if (byte === LF) line += 1
    if (SPACES.has(byte)) return at + 1
    const next = stateFor(String.fromCharCode(byte))
    if (next === undefined) throw new Error(unexpected())
    state = next
    if (state === 'firstElement') hasList = true
    if (!INSIDE.has(state)) return at + 1
    firstLine = line
    scan.begin(byte)
    return at
  }

  function stateFor(character: string): State | undefined {
    const possible: Record<string, State> = TRANSITIONS[state as keyof typeof TRANSITIONS]
    return possible[character] ?? (VALUE_BEGINS.test(character) ? possible['*'] : undefined)
  }

  function unexpected(): string {
    if (state === 'begin') return 'It does not begin as one JSON object, with all the rest in it.'
    return `It is no JSON, from line ${line} on.`
  }

  function goOn(bytes: Buffer, at: number, offset: number, found: JsonElement[]): number {
    const before = scan.lineEnds()
    const end = scan.findEnd(bytes, at)
    line += scan.lineEnds() - before
    if (state !== 'value') kept.add(bytes.subarray(at, end === -1 ? bytes.length : end))
    if (end === -1) return bytes.length
    if (state === 'element') found.push({ bytes: kept.take(), line: firstLine, next: { offset: offset + end, line } })
    state = stateBehind(state as Inside)
    return end
  }

  function stateBehind(inside: Inside): State {
    if (inside === 'element') return 'afterElement'
    if (inside === 'value') return 'afterValue'
    return kept.take()?.toString() === `"${name}"` ? 'colonOfList' : 'colon'
  }

  function finish(): void {
    if (state !== 'end') throw new Error(`It ends in the middle of its JSON, in line ${line}.`)
    if (!hasList) throw new Error(`It has no list "${name}".`)
  }
}

/** Bytes that come in pieces. */
function createKept() {
  let parts: Buffer[] = []
  let length = 0
  return { add, take }

  function add(bytes: Buffer): void {
    length += bytes.length
    if (length > MAX_RECORD_BYTES) parts = []
    else parts.push(bytes)
  }

  function take(): Buffer | null {
    const taken = length > MAX_RECORD_BYTES ? null : Buffer.concat(parts)
    ;[parts, length] = [[], 0]
    return taken
  }
}
