import { type FileHandle, open } from 'node:fs/promises'
import type { Reject } from '../services/import/account.ts'
import type { Rejects } from '../services/import/import-options.ts'

/** What every line of ours begins with, so that no other file is overwritten. */
const OURS = '{"number":'

/** Newline-delimited JSON, for its owner only: it holds addresses. There is no file before the first reject. */
export function createRejectsFile(path: string): Rejects {
  return { begin, write }

  async function begin(bytes: number): Promise<number> {
    await using file = await openIfThere(path)
    if (!file) return 0
    const { size } = await file.stat()
    const { buffer } = await file.read(Buffer.alloc(OURS.length), 0, OURS.length, 0)
    if (size > 0 && buffer.toString() !== OURS) throw new Error(`${path} is not a file of rejects: name another one.`)
    const kept = Math.min(bytes, size)
    await file.truncate(kept)
    return kept
  }

  async function write(bytes: number, rejects: readonly Reject[]): Promise<number> {
    if (rejects.length === 0) return bytes
    await using file = (await openIfThere(path)) ?? (await open(path, 'wx', 0o600))
    await file.truncate(bytes)
    const text = Buffer.from(rejects.map(lineOf).join(''))
    await file.write(text, 0, text.length, bytes)
    await file.datasync()
    return bytes + text.length
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const lineOf = ({ number, line, email, reason }: Reject): string =>
  `${JSON.stringify({ number, line, email, reason })}\n`
