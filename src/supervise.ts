import type { Config } from '../config/env.ts'
import { openDatabase } from './find-database.ts'
import type { OpsServer } from './http/ops-server.ts'
import { createGroupMetrics } from './infrastructure/group-metrics.ts'
import type { Log } from './infrastructure/log.ts'
import { createProcessGroup } from './infrastructure/process-group.ts'
import type { FromWorker } from './infrastructure/process-messages.ts'
import { listenForMetrics } from './listen-for-metrics.ts'
import type { StopReason } from './start.ts'

export interface Supervised {
  /** Replaces the processes one after the other. */
  reload(): void
  stop(why: StopReason): Promise<void>
}

/** The longest that an HTTP server takes to close, and its container behind it. */
const CLOSE_SECONDS = 17

/** Opens the database, and keeps `config.workers` processes serving it. Serves nothing itself. */
export async function supervise(config: Config, log: Log): Promise<Supervised> {
  const database = await openDatabase(config, log)
  const { databaseUrl, appSecret, isEmbedded } = database
  let port: number | null = null
  const group = createProcessGroup({
    size: config.workers,
    begin: () => ({ kind: 'begin', database: { databaseUrl, appSecret, isEmbedded }, joinedPort: port }),
    onMessage,
    onGone: (pid) => metrics.forget(pid),
    drainSeconds: config.shutdownDelaySeconds + CLOSE_SECONDS,
    log,
  })
  const metrics = createGroupMetrics({ ask: () => group.broadcast({ kind: 'collect' }), counts: group.counts })
  let ops: OpsServer | null = null
  try {
    ops = await listenForMetrics(config, log, metrics.collect)
    await group.start()
    log.info({ pid: process.pid, workers: config.workers }, 'the first process, to be sent signals')
  } catch (error) {
    await stop('interrupted')
    throw error
  }
  return { reload, stop }

  function onMessage(message: FromWorker, pid: number): void {
    if (message.kind === 'ready') port = message.port
    else metrics.receive(pid, message.collection)
  }

  function reload(): void {
    log.info({}, 'replacing the worker processes')
    void group.roll().then((isComplete) => {
      if (isComplete) log.info({}, 'replaced the worker processes')
      else log.error({}, 'a new process does not come to serve, the others stay')
    })
  }

  async function stop(why: StopReason): Promise<void> {
    await group.stop(why === 'interrupted' ? 'SIGINT' : 'SIGTERM')
    await ops?.close()
    await database.stop()
  }
}
