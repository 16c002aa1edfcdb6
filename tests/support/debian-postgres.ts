import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findPrograms } from '../../deploy/ha/trial/programs.ts'
import { unprivilegedAccount } from '../../src/infrastructure/embedded-postgres/account.ts'
import { freePort } from '../../src/infrastructure/embedded-postgres/free-port.ts'
import { databaseAt, type TestDatabase } from './test-database.ts'

const { postgresBin } = findPrograms().programs

/** Why the tests with PostgreSQL's own tools must be skipped, or false. */
export const missingPostgres = (): string | false =>
  postgresBin === '' && 'no PostgreSQL of Debian is installed (apt-get install postgresql)'

export type DebianPostgres = Awaited<ReturnType<typeof startDebianPostgres>>

const OWNER = 'gatehouse'

/**
 * A PostgreSQL with the tools that fit it, which the embedded one has not, as whoever runs one has it: a superuser and a role
 * that owns its database. Everybody on the loopback address is let in.
 */
export async function startDebianPostgres() {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-debian-'))
  const account = await unprivilegedAccount(folder)
  if (account) await chown(folder, account.uid, account.gid)
  const [data, port] = [join(folder, 'data'), await freePort()]
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`
  await asPostgres('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8')
  await asPostgres('pg_ctl', '-D', data, '-l', join(folder, 'log'), '-o', settings, '-w', 'start')
  await tool('createuser', '--username=postgres', OWNER)
  return { tool, database, [Symbol.asyncDispose]: dispose }

  /** One of PostgreSQL's programs, led to this server. Gives what it says. */
  async function tool(name: string, ...args: string[]): Promise<string> {
    const env = { PATH: process.env.PATH, PGHOST: '127.0.0.1', PGPORT: String(port) }
    return (await promisify(execFile)(join(postgresBin, name), args, { cwd: folder, env })).stdout
  }

  /** As its owner. Who is there is not asked. */
  function database(name: string): TestDatabase {
    return databaseAt(`postgres://${OWNER}@127.0.0.1:${port}/${name}`)
  }

  async function asPostgres(name: string, ...args: string[]): Promise<void> {
    await promisify(execFile)(join(postgresBin, name), args, { cwd: '/', ...account })
  }

  async function dispose(): Promise<void> {
    await asPostgres('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop')
    await rm(folder, { recursive: true, force: true })
  }
}
