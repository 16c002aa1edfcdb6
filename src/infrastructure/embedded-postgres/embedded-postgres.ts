import { mkdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { storedSecret } from '../stored-secret.ts'
import { unprivilegedAccount } from './account.ts'
import { locateBinaries } from './binaries.ts'
import { ensureCluster, SUPERUSER } from './cluster.ts'
import { clearLeftovers, readPostmasterFile, stopProcess } from './leftovers.ts'
import { isOwned, takeOwnerLock } from './owner-lock.ts'
import { type Postmaster, startPostmaster } from './postmaster.ts'

export interface EmbeddedPostgresOptions {
  dataDir: string
  log: Log
  /** More of PostgreSQL's settings, by name. */
  settings?: Readonly<Record<string, string>>
}

export interface EmbeddedPostgres {
  url: string
  stop(): Promise<void>
}

/** The database that a server has running under `dataDir`, for whoever wants to join it. Null where none has. */
export async function findRunning(dataDir: string): Promise<string | null> {
  const state = await readPostmasterFile(join(dataDir, 'postgres'))
  if (!state?.ready) return null
  const url = urlOf(await storedSecret(passwordFile(dataDir)), state.port)
  return (await isOwned(url)) ? url : null
}

/**
 * A real PostgreSQL under `dataDir`, as a child of this process: made at the first start, stopped with `stop`, started
 * again should it die. See docs/decisions/0003-embedded-postgres.md.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, settings = {} } = options
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = await realpath(resolve(options.dataDir))
  const databaseDir = join(dataDir, 'postgres')
  const password = await storedSecret(passwordFile(dataDir))
  const account = await unprivilegedAccount(databaseDir)
  const cluster = { databaseDir, account, password, binaries: await locateBinaries(account) }
  const starting = { ...cluster, settings, logFile: join(dataDir, 'postgres.log') }
  const urlAt = (port: number) => urlOf(password, port)

  await ensureCluster(cluster)
  let stopping = false
  let restarting: Promise<void> | undefined
  let running = await start()
  return { url: urlAt(running.port), stop }

  async function start(port?: number): Promise<Postmaster> {
    await clearLeftovers(databaseDir, (leftPort) => isOwned(urlAt(leftPort)))
    const postmaster = await startPostmaster({ ...starting, ...(port !== undefined && { port }) })
    if (!(await takeOwnerLock(urlAt(postmaster.port)))) {
      if (postmaster.child.pid !== undefined) await stopProcess(postmaster.child.pid)
      throw new Error(`Another server is starting on the data in ${dataDir}.`)
    }
    postmaster.child.once('exit', (code, signal) => {
      if (!stopping) restarting = restart(postmaster.port, { code, signal })
    })
    return postmaster
  }

  /** On the same port, so that whoever knows the URL finds it again. */
  async function restart(port: number, reason: object): Promise<void> {
    log.error(reason, 'the embedded PostgreSQL ended by itself, starting it again')
    while (!stopping) {
      try {
        running = await start(port)
        return
      } catch (error) {
        log.error({ err: error }, 'the embedded PostgreSQL does not start again')
        await wait(1_000)
      }
    }
  }

  async function stop(): Promise<void> {
    stopping = true
    await restarting
    if (running.child.pid !== undefined && running.child.exitCode === null) await stopProcess(running.child.pid)
  }
}

const passwordFile = (dataDir: string): string => join(dataDir, 'database-password')

const urlOf = (password: string, port: number): string =>
  `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
