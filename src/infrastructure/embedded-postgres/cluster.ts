import { closeSync, existsSync, openSync } from 'node:fs'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { isAlive } from './leftovers.ts'
import { exitOf, INHERITED_INPUT, startProgram } from './program.ts'

export const SUPERUSER = 'gatehouse'

export interface Cluster {
  databaseDir: string
  binaries: Binaries
  account: Account | null
  password: string
}

/**
 * Makes the database folder where there is none. It is made beside and renamed into place, so it is whole or not there:
 * a kill in the middle leaves nothing that looks like a database.
 */
export async function ensureCluster(cluster: Cluster): Promise<void> {
  const { databaseDir } = cluster
  if (existsSync(databaseDir)) return
  await removeUnfinished(databaseDir)
  const workshop = `${databaseDir}.new-${process.pid}`
  await mkdir(workshop, { mode: 0o700 })
  try {
    await putInPlace(await runInitdb(cluster, workshop), databaseDir)
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/** Gives the new folder. Locale and encoding do not depend on the machine. */
async function runInitdb({ binaries, account, password }: Cluster, workshop: string): Promise<string> {
  const databaseDir = join(workshop, 'data')
  const passwordFile = join(workshop, 'password')
  const outputFile = join(workshop, 'output')
  await mkdir(databaseDir, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  await giveTo(account, databaseDir, passwordFile)
  const inputFd = openSync(passwordFile, 'r')
  const outputFd = openSync(outputFile, 'w', 0o600)
  const args = [
    `--username=${SUPERUSER}`,
    `--pwfile=${account ? INHERITED_INPUT : passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]
  try {
    const initdb = startProgram({ file: binaries.initdb, args, databaseDir, account, outputFd, inputFd })
    if ((await exitOf(initdb)) !== 0) throw new Error(`initdb failed:\n${await readFile(outputFile, 'utf8')}`)
    return databaseDir
  } finally {
    closeSync(inputFd)
    closeSync(outputFd)
  }
}

/** Another server that started at the same moment may have been first; then its folder stays. */
async function putInPlace(unfinished: string, databaseDir: string): Promise<void> {
  await rename(unfinished, databaseDir).catch((error: unknown) => {
    if (!existsSync(databaseDir)) throw error
  })
}

/** What a kill left in the middle of making one. */
async function removeUnfinished(databaseDir: string): Promise<void> {
  const prefix = `${basename(databaseDir)}.new-`
  for (const name of await readdir(dirname(databaseDir))) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))) {
      // Its initdb may have outlived it, and go on writing for a moment.
      await rm(join(dirname(databaseDir), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    }
  }
}

async function giveTo(account: Account | null, ...paths: string[]): Promise<void> {
  if (!account) return
  for (const path of paths) await chown(path, account.uid, account.gid)
}
