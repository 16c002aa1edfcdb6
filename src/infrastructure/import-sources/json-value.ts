/** What a byte means in JSON, where it means anything to whoever looks for the end of a value. */
const [PLAIN, QUOTE, BACKSLASH, OPENS, CLOSES, LINE_END] = [0, 1, 2, 3, 4, 5]
const MEANING = new Uint8Array(256)
for (const [text, meaning] of Object.entries({
  '"': QUOTE,
  '\\': BACKSLASH,
  '{[': OPENS,
  '}]': CLOSES,
  '\n': LINE_END,
})) {
  for (const byte of Buffer.from(text)) MEANING[byte] = meaning
}
const SCALAR_ENDS = new Set(Buffer.from(',]} \t\r\n'))

export interface ValueScan {
  /** At the first byte of a value. */
  begin(first: number): void
  /** The place behind the value's end, or -1 where it goes on behind these bytes. */
  findEnd(bytes: Buffer, from: number): number
  /** How many line ends there were so far in all values. */
  lineEnds(): number
}

/**
 * Finds where a value ends by its quotes and brackets, however it is cut into pieces. What else it is made of is left to
 * `JSON.parse`.
 */
export function createValueScan(): ValueScan {
  let isScalar = false
  let isString = false
  let isEscaped = false
  let depth = 0
  let lineEnds = 0
  return {
    begin,
    findEnd: (bytes, from) => (isScalar ? endOfScalar(bytes, from) : endOfNested(bytes, from)),
    lineEnds: () => lineEnds,
  }

  function begin(first: number): void {
    isScalar = MEANING[first] === PLAIN
    ;[isString, isEscaped, depth] = [false, false, 0]
  }

  function endOfScalar(bytes: Buffer, from: number): number {
    const length = bytes.subarray(from).findIndex((byte) => SCALAR_ENDS.has(byte))
    return length === -1 ? -1 : from + length
  }

  function endOfNested(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const meaning = MEANING[bytes[at] ?? 0] ?? PLAIN
      if ((meaning !== PLAIN || isEscaped) && isLast(meaning)) return at + 1
    }
    return -1
  }

  function isLast(meaning: number): boolean {
    if (meaning === LINE_END) lineEnds += 1
    if (isString) readInString(meaning)
    else readBetween(meaning)
    return depth === 0 && !isString
  }

  function readInString(meaning: number): void {
    if (isEscaped) isEscaped = false
    else if (meaning === BACKSLASH) isEscaped = true
    else if (meaning === QUOTE) isString = false
  }

  function readBetween(meaning: number): void {
    if (meaning === QUOTE) isString = true
    else if (meaning === OPENS) depth += 1
    else if (meaning === CLOSES) depth -= 1
  }
}
