import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unprivilegedAccount } from '../../src/infrastructure/embedded-postgres/account.ts'
import { locateBinaries } from '../../src/infrastructure/embedded-postgres/binaries.ts'
import { ensureCluster, SUPERUSER } from '../../src/infrastructure/embedded-postgres/cluster.ts'
import { startPostmaster } from '../../src/infrastructure/embedded-postgres/postmaster.ts'
import { startPgBouncer } from './pgbouncer.ts'
import { isPooledRun, standsBefore } from './pooled-run.ts'

export interface OwnPostgres {
  /** Of its database `postgres`, as the superuser. The same after each start. */
  url: string
  /** As `pg_ctl stop -m immediate`: no process finishes what it is at. Resolves when it is gone. */
  stopImmediately(): Promise<void>
  start(): Promise<void>
  /** Stops all its processes where they are (SIGSTOP): they hold their connections and say nothing. */
  freeze(): Promise<void>
  thaw(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** A PostgreSQL for one test, with the settings that it has by itself and `settings`, to be treated badly. Linux only. */
export async function startOwnPostgres(settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-own-'))
  const databaseDir = join(dataDir, 'postgres')
  const password = randomBytes(12).toString('hex')
  const account = await unprivilegedAccount(databaseDir)
  const cluster = { databaseDir, password, account, binaries: await locateBinaries(account) }
  await ensureCluster(cluster)
  const starting = { ...cluster, settings, logFile: join(dataDir, 'postgres.log') }
  let postmaster = await startPostmaster(starting)
  let frozen: number[] = []
  const { port } = postmaster
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
  const pooler = isPooledRun ? await startPgBouncer(url) : null
  if (pooler) standsBefore(url, pooler.port)
  return { url, stopImmediately, start, freeze, thaw, [Symbol.asyncDispose]: dispose }

  async function stopImmediately(): Promise<void> {
    const { child } = postmaster
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGQUIT')
    await exited
  }

  async function start(): Promise<void> {
    postmaster = await startPostmaster({ ...starting, port })
  }

  /** The postmaster first, so that it makes no more of them. */
  async function freeze(): Promise<void> {
    const { pid } = postmaster.child
    if (pid === undefined) return
    process.kill(pid, 'SIGSTOP')
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number)
    for (const child of children) process.kill(child, 'SIGSTOP')
    frozen = [...children, pid]
  }

  function thaw(): void {
    for (const pid of frozen) process.kill(pid, 'SIGCONT')
    frozen = []
  }

  async function dispose(): Promise<void> {
    thaw()
    await pooler?.[Symbol.asyncDispose]()
    await stopImmediately()
    await rm(dataDir, { recursive: true, force: true })
  }
}
