import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeMachineFiles, writeProxyFile, writeServerFile } from './files.ts'
import { isComplete, isSiteReady, queryPrimary } from './health.ts'
import { allPorts, isMachine, MACHINES, type Machine, NAMES, type Name, PROXY, SERVERS, type Server } from './layout.ts'
import { end, freeze, kill, logOf, runningIn, startProgram, thaw } from './processes.ts'
import { findPrograms } from './programs.ts'
import { DATABASE, folderOf, makeFolder, type Trial } from './trial.ts'
import { within } from './within.ts'

const COMPLETE_SECONDS = 120
const READY_SECONDS = 30
const SERVER_STOP_SECONDS = 12
const DATABASE_STOP_SECONDS = 20
const REST_STOP_SECONDS = 5

const SERVER_FILE = fileURLToPath(new URL('../../../src/server.ts', import.meta.url))

/** Starts what does not run of all of them, and waits until all of it serves. */
export async function startAll(trial: Trial, say: (line: string) => void): Promise<void> {
  say(`starting three machines of the database and the proxy, in ${trial.folder}`)
  for (const name of [...MACHINES, PROXY] as const) await startOne(trial, name)
  await within(COMPLETE_SECONDS, 'one primary and two standbys', () => isComplete(trial), explain)
  await ensureDatabase(trial)
  say('starting two Gatehouse servers')
  for (const server of SERVERS) await startOne(trial, server)
  await within(READY_SECONDS, 'both servers are ready', () => isSiteReady(trial), explain)

  function explain(): string {
    return `Look at the logs:\n${NAMES.map((name) => `  ${folderOf(trial, name)}/*.log`).join('\n')}`
  }
}

/** Starts what does not run of a machine, the proxy or a server. */
export async function startOne(trial: Trial, name: Name): Promise<void> {
  const folder = folderOf(trial, name)
  await thaw(folder)
  if (isMachine(name)) await startMachine(trial, name)
  else if ((await runningIn(folder)).length === 0) await (name === PROXY ? startProxy(trial) : startServer(trial, name))
}

async function startMachine(trial: Trial, machine: Machine): Promise<void> {
  const { account } = trial
  const { programs } = findPrograms()
  await makeFolder(trial, machine, account)
  await writeMachineFiles(trial, machine, programs)
  const folder = folderOf(trial, machine)
  const parts = (await runningIn(folder)).map(({ part }) => part)
  if (!parts.includes('etcd')) {
    const args = ['--config-file', join(folder, 'etcd.yml')]
    await startProgram({ part: 'etcd', folder, file: programs.etcd, args, account })
  }
  if (!parts.includes('patroni')) {
    const args = [join(folder, 'patroni.yml')]
    await startProgram({ part: 'patroni', folder, file: programs.patroni, args, account })
  }
}

async function startProxy(trial: Trial): Promise<void> {
  const { account } = trial
  await makeFolder(trial, PROXY, account)
  await writeProxyFile(trial)
  const folder = folderOf(trial, PROXY)
  const args = ['-db', '-f', join(folder, 'haproxy.cfg')]
  await startProgram({ part: PROXY, folder, file: findPrograms().programs.haproxy, args, account })
}

async function startServer(trial: Trial, server: Server): Promise<void> {
  await makeFolder(trial, server, null)
  await writeServerFile(trial, server)
  const folder = folderOf(trial, server)
  await startProgram({ part: 'gatehouse', folder, file: process.execPath, args: [SERVER_FILE], account: null })
}

/** The role and the database of the servers, as `docs/security.md` wants them. */
async function ensureDatabase(trial: Trial): Promise<void> {
  const { rows } = await queryPrimary(trial, `SELECT FROM pg_database WHERE datname = '${DATABASE}'`)
  if (rows.length > 0) return
  await queryPrimary(trial, `CREATE ROLE gatehouse LOGIN PASSWORD '${trial.secrets.gatehouse}'`)
  await queryPrimary(trial, `CREATE DATABASE ${DATABASE} OWNER gatehouse`)
}

/** `kill -9` of all that it runs, or of one part of it. */
export function killOne(trial: Trial, name: Name, part?: string): Promise<void> {
  return kill(folderOf(trial, name), (running) => part === undefined || running.part === part)
}

/** It holds its connections and says nothing, as one that is cut off; and when it thaws it knows of nothing. */
export const freezeOne = (trial: Trial, name: Name): Promise<void> => freeze(folderOf(trial, name), () => true)

export const thawOne = (trial: Trial, name: Name): Promise<void> => thaw(folderOf(trial, name))

/** Stops all that was started, whatever has become of it. */
export async function stopAll(trial: Trial): Promise<void> {
  for (const name of NAMES) await thawOne(trial, name)
  await endEach(SERVERS, () => true, SERVER_STOP_SECONDS)
  // Patroni stops its PostgreSQL. One that Patroni has left behind is ended below.
  await endEach(MACHINES, ({ part }) => part === 'patroni', DATABASE_STOP_SECONDS)
  await endEach([...MACHINES, PROXY], () => true, REST_STOP_SECONDS)
  await Promise.all(NAMES.map((name) => killOne(trial, name)))

  async function endEach(names: readonly Name[], wanted: Parameters<typeof end>[1], seconds: number): Promise<void> {
    await Promise.all(names.map((name) => end(folderOf(trial, name), wanted, seconds)))
  }
}

export async function isAnythingRunning(trial: Trial): Promise<boolean> {
  const running = await Promise.all(NAMES.map((name) => runningIn(folderOf(trial, name))))
  return running.some((processes) => processes.length > 0)
}

/** The ports that somebody else has. */
export async function takenPorts(trial: Trial): Promise<number[]> {
  const taken = await Promise.all(allPorts(trial.ports).map(async (port) => ((await isFree(port)) ? [] : [port])))
  return taken.flat()
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Where each writes what it has to say. PostgreSQL's words are among Patroni's. */
export function logsOf(trial: Trial, name: Name): string[] {
  const folder = folderOf(trial, name)
  if (isMachine(name)) return [logOf(folder, 'patroni'), logOf(folder, 'etcd')]
  return [logOf(folder, name === PROXY ? PROXY : 'gatehouse')]
}
