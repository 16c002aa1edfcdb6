import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'

/** What a connection says that its client has closed. */
const CLIENT_IS_GONE = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ECONNRESET'])

/**
 * Writes a body as it is made, no faster than it is read. A client that leaves before its end is no error; what fails on
 * our side cuts the connection, so that nobody takes a part for the whole.
 */
export async function sendChunks(res: Response, chunks: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(chunks, res)
  } catch (error) {
    if (!CLIENT_IS_GONE.has((error as { code?: string }).code ?? '')) throw error
  }
}
