import cluster from 'node:cluster'
import { type Config, ConfigError, readConfig } from '../config/env.ts'
import { readEnvironment } from '../config/environment.ts'
import { explain } from './explain.ts'
import { createLog, type Log } from './infrastructure/log.ts'
import { ProcessFailed } from './infrastructure/process-group.ts'
import { watchTerminal } from './infrastructure/terminal.ts'
import type { FirstAdmin } from './services/first-admin.service.ts'
import type { StopReason } from './start.ts'
import { welcome } from './welcome.ts'

/** What this process has become: the only server, the first of several, or one of those that serve. */
interface Running {
  stop(why: StopReason): Promise<void>
  /** There where there are processes to replace. */
  reload?(): void
  url?: string
  newAdmin?: FirstAdmin | null
}

// Importing it does nothing: the install does, to warm the compile cache.
if (import.meta.main) await main()

async function main(): Promise<void> {
  try {
    await run()
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(exitCodeOf(error))
  }
}

async function run(): Promise<void> {
  const config = readConfig(readEnvironment())
  const log = createLog({
    level: config.logLevel,
    readable: process.stdout.isTTY,
    isShared: config.workers > 1,
  })
  const terminal = watchTerminal()
  const starting = begin(config, log, () => stop('replaced'))
  let stopping = false
  process.on('SIGINT', () => stop('interrupted'))
  process.on('SIGTERM', () => stop('terminated'))
  process.on('SIGHUP', () => void hangUp())
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught exception')
    process.exitCode = 1
    stop('interrupted')
  })
  const { url, newAdmin } = await starting
  if (url !== undefined && newAdmin) process.stdout.write(welcome(url, newAdmin))

  /** What happens to all processes is decided by the first. */
  async function hangUp(): Promise<void> {
    if (terminal.isGone()) return stop('interrupted')
    if (cluster.isWorker) return
    const { reload } = await starting
    if (reload) reload()
    else log.warn({}, 'SIGHUP replaces worker processes, and there are none: see WORKERS')
  }

  function stop(why: StopReason): void {
    // Ctrl-C arrives twice, from the terminal and again from npm. The way down is bounded, so nobody has to press.
    if (stopping) return
    stopping = true
    log.info({ why }, 'stopping')
    starting
      .then((running) => running.stop(why))
      .then(() => process.exit())
      .catch((error: unknown) => {
        log.fatal({ err: error }, 'stopping failed')
        process.exit(1)
      })
  }
}

/** Each loads what it needs: the first of several processes serves nothing, and stays small. */
async function begin(config: Config, log: Log, onLeave: () => void): Promise<Running> {
  if (cluster.isWorker) {
    const { joinGroup } = await import('./join-group.ts')
    return joinGroup(config, log, onLeave)
  }
  if (config.workers > 1) {
    const { supervise } = await import('./supervise.ts')
    return supervise(config, log)
  }
  const { serveAlone } = await import('./serve-alone.ts')
  return serveAlone(config, log)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ProcessFailed) return error.exitCode
  return error instanceof ConfigError ? 2 : 1
}
