import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import { isClientGone } from './client-gone.ts'

/**
 * Writes a body as it is made, no faster than it is read. A client that leaves before its end is no error; what fails on
 * our side cuts the connection, so that nobody takes a part for the whole.
 */
export async function sendChunks(res: Response, chunks: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(chunks, res)
  } catch (error) {
    if (!isClientGone(error)) throw error
  }
}
