import { randomBytes } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The `APP_SECRET` of an installation that was given none. */
export const storedAppSecret = (dataDir: string): Promise<string> => storedSecret(join(dataDir, 'app-secret'))

/**
 * A secret of 256 random bits that is made once and kept in a file that only its owner may read. Of two processes that
 * make it at once, both get the same.
 */
export async function storedSecret(path: string): Promise<string> {
  const stored = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (stored !== null) return stored.trim()
  // Written beside and linked into place: a file with this name is always whole, and the first one stays.
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  await link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(unfinished)
  return storedSecret(path)
}
