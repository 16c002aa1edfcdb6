import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { freePort } from './free-port.ts'
import { readPostmasterFile } from './leftovers.ts'
import { startProgram } from './program.ts'

export interface Postmaster {
  port: number
  child: ChildProcess
}

export interface StartOptions extends Cluster {
  logFile: string
  settings: Readonly<Record<string, string>>
  /** The port to start on again; a free one where it is left out. */
  port?: number
}

/** Its log is for the database's own state: no rows, no statements, whose literals are what people sent. */
const QUIET = { log_error_verbosity: 'terse', log_min_error_statement: 'panic' }

const READY_MS = 60_000
const ATTEMPTS = 20

/**
 * Starts the database server on the loopback address and waits until it serves. Tries again where somebody took the
 * port in between, or where the last of a killed server's processes is still letting go of the shared memory.
 */
export async function startPostmaster(options: StartOptions): Promise<Postmaster> {
  let said = ''
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = options.port ?? (await freePort())
    const child = await launch(options, port)
    if (await becomesReady(child, options.databaseDir)) return { port, child }
    said = await readFile(options.logFile, 'utf8')
    if (!/Address already in use|shared memory block .* is still in use/.test(said)) break
    await wait(500)
  }
  throw new Error(`The embedded PostgreSQL does not start:\n${said.slice(-4000)}`)
}

async function launch({ databaseDir, account, binaries, logFile, settings }: StartOptions, port: number) {
  await rename(logFile, `${logFile}.1`).catch(() => undefined)
  const outputFd = openSync(logFile, 'w', 0o600)
  const own = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' }
  const all = { ...own, ...QUIET, ...settings }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = startProgram({ file: binaries.postgres, args, databaseDir, account, outputFd })
  closeSync(outputFd)
  return child
}

/** False where it ends instead. */
async function becomesReady(child: ChildProcess, databaseDir: string): Promise<boolean> {
  let ended = false
  const end = () => {
    ended = true
  }
  child.once('exit', end).once('error', end)
  const deadline = Date.now() + READY_MS
  while (!ended && Date.now() < deadline) {
    const state = await readPostmasterFile(databaseDir)
    if (state?.ready && state.pid === child.pid) return true
    await wait(10)
  }
  if (!ended) child.kill('SIGQUIT')
  return false
}
