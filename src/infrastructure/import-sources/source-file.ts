import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { requireText } from './require-text.ts'

const CHUNK_BYTES = 256 * 1024
const HEAD_BYTES = 4096

export interface Chunk {
  bytes: Buffer
  /** Where in the file it begins. */
  offset: number
}

/** A file whose content stays as it is, or is noticed not to. */
export interface SourceFile {
  size: number
  /** How it begins: what it is can be told by that. */
  head: Buffer
  /** Over the whole content, and what its reading depends on. */
  fingerprint(...reading: unknown[]): Promise<string>
  /** Throws at the end where the file was written to meanwhile. */
  chunks(offset: number): AsyncIterable<Chunk>
  close(): Promise<void>
}

const REASONS: Record<string, string> = {
  ENOENT: 'There is no file',
  EACCES: 'There is no permission to read',
  EISDIR: 'This is a folder, and no file:',
}

/** Throws where there is no such file, it is empty, or it holds no text: with what to do instead. */
export async function openSourceFile(path: string): Promise<SourceFile> {
  const handle = await openFile(path)
  try {
    return await inspect(handle, path)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function inspect(handle: FileHandle, path: string): Promise<SourceFile> {
  const opened = await handle.stat({ bigint: true })
  if (opened.isDirectory()) throw new Error(`${REASONS['EISDIR']} ${path}`)
  if (!opened.isFile())
    throw new Error(`${path} is no regular file: it is read more than once, so save it to one first.`)
  if (opened.size === 0n) throw new Error(`${path} is empty.`)
  const size = Number(opened.size)
  const head = Buffer.alloc(Math.min(size, HEAD_BYTES))
  await handle.read(head, 0, head.length, 0)
  requireText(head, path)
  return { size, head, fingerprint, chunks, close: () => handle.close() }

  async function fingerprint(...reading: unknown[]): Promise<string> {
    const hash = createHash('sha256').update(`${JSON.stringify(reading)}\n`)
    for await (const { bytes } of chunks(0)) hash.update(bytes)
    return hash.digest('hex')
  }

  async function* chunks(from: number): AsyncGenerator<Chunk> {
    for (let offset = from; offset < size; ) {
      const bytes = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - offset))
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset)
      if (bytesRead === 0) break
      yield { bytes: bytes.subarray(0, bytesRead), offset }
      offset += bytesRead
    }
    const now = await handle.stat({ bigint: true })
    if (now.size !== opened.size || now.mtimeNs !== opened.mtimeNs) {
      throw new Error(`${path} was written to while it was read: begin again when nobody does.`)
    }
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Error(`${REASONS[code] ?? `It cannot be opened (${code}):`} ${path}`)
  }
}
