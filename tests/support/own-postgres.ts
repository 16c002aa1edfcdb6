import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import pg from 'pg'
import { type Account, unprivilegedAccount } from '../../src/infrastructure/embedded-postgres/account.ts'
import { locateBinaries } from '../../src/infrastructure/embedded-postgres/binaries.ts'
import { type Cluster, ensureCluster, SUPERUSER } from '../../src/infrastructure/embedded-postgres/cluster.ts'
import { startPostmaster } from '../../src/infrastructure/embedded-postgres/postmaster.ts'
import { startPgBouncer } from './pgbouncer.ts'
import { isPooledRun, standsBefore } from './pooled-run.ts'

export interface OwnPostgres {
  /** Of its database `postgres`, as the superuser. The same after each start. */
  url: string
  cluster: Cluster
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
  return serve(cluster, settings)
}

/** A standby of a PostgreSQL, which follows it by streaming replication. */
export async function startStandbyOf({ url, cluster: { databaseDir, ...cluster } }: OwnPostgres): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-standby-'))
  const copy = join(dataDir, 'postgres')
  await copyWhileItRuns(url, databaseDir, copy)
  await writeFile(join(copy, 'standby.signal'), '')
  if (cluster.account) await giveAll(copy, cluster.account)
  await chmod(copy, 0o700)
  const { hostname: host, port, username: user, password } = new URL(url)
  return serve(
    { ...cluster, databaseDir: copy },
    { primary_conninfo: `host=${host} port=${port} user=${user} password=${password}` },
  )
}

/** See "Making a Base Backup Using the Low Level API" in the documentation of PostgreSQL. */
async function copyWhileItRuns(url: string, databaseDir: string, copy: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("SELECT pg_backup_start('standby', true)")
    await cp(databaseDir, copy, { recursive: true, filter: (path) => basename(path) !== 'postmaster.pid' })
    const { rows } = await client.query<{ label: string }>('SELECT labelfile AS label FROM pg_backup_stop(false)')
    await writeFile(join(copy, 'backup_label'), rows[0]?.label ?? '')
  } finally {
    await client.end()
  }
}

async function giveAll(folder: string, { uid, gid }: Account): Promise<void> {
  await chown(folder, uid, gid)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chown(join(entry.parentPath, entry.name), uid, gid)
  }
}

async function serve(cluster: Cluster, settings: Readonly<Record<string, string>>): Promise<OwnPostgres> {
  const dataDir = dirname(cluster.databaseDir)
  const starting = { ...cluster, settings, logFile: join(dataDir, 'postgres.log') }
  let postmaster = await startPostmaster(starting)
  let frozen: number[] = []
  const { port } = postmaster
  const url = `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/postgres`
  const pooler = isPooledRun ? await startPgBouncer(url) : null
  if (pooler) standsBefore(url, pooler.port)
  return { url, cluster, stopImmediately, start, freeze, thaw, [Symbol.asyncDispose]: dispose }

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
