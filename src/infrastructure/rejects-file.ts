import { access, constants, type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Reject } from '../services/import/account.ts'
import type { Rejects } from '../services/import/import-options.ts'

/** What every line of ours begins with (`presentReject`), so that no other file is overwritten. */
const OURS = '{"number":'

/**
 * A line for each reject, for the file's owner only: it holds addresses. There is no file before the first. `source` is what
 * is imported.
 */
export function createRejectsFile(path: string, source: string, lineOf: (reject: Reject) => string): Rejects {
  return { begin, write }

  async function begin(bytes: number): Promise<void> {
    if (await isSameFile(path, source)) throw new Error(`${path} is what is imported: name another file for rejects.`)
    await using file = await openIfThere(path)
    // Not when half of the accounts are imported.
    if (!file) await naming(path, access(dirname(path), constants.W_OK))
    const size = file ? await sizeOfOurs(file, path) : 0
    if (size < bytes)
      throw new Error(
        `${path} does not have the rejects of the run before: name the file that does, or begin anew with --restart.`,
      )
    await file?.truncate(bytes)
  }

  async function write(bytes: number, rejects: readonly Reject[]): Promise<number> {
    if (rejects.length === 0) return bytes
    await using file = (await openIfThere(path)) ?? (await naming(path, open(path, 'wx', 0o600)))
    if ((await file.stat()).size < bytes) throw new Error(`${path} is not as it was left: somebody else writes to it.`)
    await file.truncate(bytes)
    const text = Buffer.from(rejects.map(lineOf).join(''))
    const { bytesWritten } = await file.write(text, 0, text.length, bytes)
    // A disk that has room for a part takes that part, and fails at nothing.
    if (bytesWritten < text.length) throw new Error(`There is no room left for ${path}.`)
    await file.datasync()
    return bytes + text.length
  }
}

async function sizeOfOurs(file: FileHandle, path: string): Promise<number> {
  const stats = await file.stat()
  if (!stats.isFile()) throw new Error(`${path} is no regular file: name another one for rejects.`)
  const { buffer } = await file.read(Buffer.alloc(OURS.length), 0, OURS.length, 0)
  if (stats.size > 0 && buffer.toString() !== OURS)
    throw new Error(`${path} is not a file of rejects: name another one.`)
  return stats.size
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    return naming(path, Promise.reject(error))
  }
}

async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw new Error(`Rejects cannot be written to ${path} (${(error as NodeJS.ErrnoException).code}).`)
  }
}

async function isSameFile(...paths: [string, string]): Promise<boolean> {
  const [one, other] = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => null)))
  return one != null && one.ino === other?.ino && one.dev === other.dev
}
