import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { unprivilegedAccount } from '../../src/infrastructure/embedded-postgres/account.ts'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'
import { eventually } from './server-process.ts'

// Debian keeps servers where an ordinary user's PATH does not look.
const PATH = `${process.env.PATH}:/usr/sbin`

/** Why the tests with a PgBouncer must be skipped, or false. */
export const missingPgBouncer = (): string | false =>
  spawnSync('pgbouncer', ['--version'], { env: { PATH } }).status === 0 ? false : 'pgbouncer is not installed'

export interface PgBouncer {
  port: number
  /** How many transactions of servers it has carried. */
  transactions(): Promise<number>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * PgBouncer in transaction mode on the loopback address, for every database of a server and every role that it knows.
 * `connections` for each database are few, and given out in turn, so that whoever counts on keeping one is found out.
 */
export async function startPgBouncer(targetUrl: string, connections = 4): Promise<PgBouncer> {
  const target = new URL(targetUrl)
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-pgbouncer-'))
  const settings = join(folder, 'pgbouncer.ini')
  const users = join(folder, 'users.txt')
  await writeFile(users, `"${target.username}" "${target.password}"\n`)
  await writeFile(settings, settingsFor(target, { port, users, connections }))
  // It refuses to run as root.
  const account = await unprivilegedAccount(folder)
  if (account) for (const path of [folder, settings, users]) await chown(path, account.uid, account.gid)
  const child = spawn('pgbouncer', [settings], {
    cwd: '/',
    env: { PATH },
    ...account,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit')
  try {
    await eventually(async () => child.exitCode !== null || (await transactions()) >= 0, 'PgBouncer answers')
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}:\n${output}`)
  } catch (error) {
    await stop()
    throw error
  }
  return { port, transactions, [Symbol.asyncDispose]: stop }

  async function transactions(): Promise<number> {
    const itsConsole = { hostname: '127.0.0.1', port: String(port), pathname: '/pgbouncer' }
    const client = new pg.Client(Object.assign(new URL(targetUrl), itsConsole).href)
    await client.connect()
    try {
      const { rows } = await client.query<{ database: string; total_xact_count: string }>('SHOW STATS')
      return rows.reduce((sum, row) => sum + (row.database === 'pgbouncer' ? 0 : Number(row.total_xact_count)), 0)
    } finally {
      await client.end()
    }
  }

  async function stop(): Promise<void> {
    kill()
    await exited
    process.off('exit', kill)
    await rm(folder, { recursive: true, force: true })
  }
}

function settingsFor(
  target: URL,
  { port, users, connections }: { port: number; users: string; connections: number },
): string {
  return `
[databases]
* = host=${target.hostname} port=${target.port || 5432}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
auth_user = ${target.username}
admin_users = ${target.username}
pool_mode = transaction
default_pool_size = ${connections}
server_round_robin = 1
server_login_retry = 1
max_client_conn = 2000
`
}
