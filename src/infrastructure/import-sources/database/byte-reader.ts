import type { Chunk } from '../source-file.ts'

export interface ByteReader {
  /** The bytes up to a marker, and behind it is read on; gives whether it was there. */
  until(marker: Buffer): AsyncGenerator<Buffer, boolean>
  /** Has these come next. */
  putBack(bytes: Buffer): void
}

/** Bytes that come in pieces, read by what stands between them. */
export function createByteReader(chunks: AsyncIterable<Chunk>): ByteReader {
  const pieces = chunks[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  return { until, putBack }

  async function* until(marker: Buffer): AsyncGenerator<Buffer, boolean> {
    let isFound = false
    do {
      const taken = take(marker)
      isFound = taken.isFound
      if (taken.before.length > 0) yield taken.before
    } while (!isFound && (await readMore()))
    return isFound
  }

  /** The end of what is held may be the beginning of the marker. */
  function take(marker: Buffer): { before: Buffer; isFound: boolean } {
    const at = held.indexOf(marker)
    const sure = at === -1 ? Math.max(0, held.length - marker.length + 1) : at
    const before = held.subarray(0, sure)
    held = held.subarray(at === -1 ? sure : at + marker.length)
    return { before, isFound: at !== -1 }
  }

  async function readMore(): Promise<boolean> {
    const { value, done } = await pieces.next()
    if (done) return false
    held = held.length === 0 ? value.bytes : Buffer.concat([held, value.bytes])
    return true
  }

  function putBack(bytes: Buffer): void {
    held = Buffer.concat([bytes, held])
  }
}
