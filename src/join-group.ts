import type { Config } from '../config/env.ts'
import type { Log } from './infrastructure/log.ts'
import type { FromWorker, ToWorker } from './infrastructure/process-messages.ts'
import { type RunningServer, type StopReason, start } from './start.ts'

/**
 * Serves as one of several processes, on the port that the first process tells it, and on the database that its own
 * configuration names, or else on the first process's.
 */
export async function joinGroup(
  config: Config,
  log: Log,
  onLeave: () => void,
): Promise<Omit<RunningServer, 'collect'>> {
  const { database, joinedPort } = await beginning()
  const openDatabase = async () => ({
    databaseUrl: config.databaseUrl ?? database.databaseUrl,
    appSecret: config.appSecret ?? database.appSecret,
    isEmbedded: database.isEmbedded,
    stop: async () => undefined,
  })
  const server = await start(config, log, { openDatabase, joinedPort })
  const { url, port, newAdmin } = server
  process.on('message', ({ kind }: ToWorker) => {
    if (kind === 'leave') onLeave()
    if (kind === 'collect') void tellMeasured()
  })
  await tell({ kind: 'ready', port })
  return { url, port, newAdmin, stop }

  async function stop(why: StopReason): Promise<void> {
    await server.stop(why)
    await tellMeasured()
  }

  async function tellMeasured(): Promise<void> {
    await tell({ kind: 'measured', collection: await server.collect() })
  }
}

function beginning(): Promise<Extract<ToWorker, { kind: 'begin' }>> {
  return new Promise((resolve) => {
    process.once('message', (message: ToWorker) => {
      if (message.kind === 'begin') resolve(message)
    })
  })
}

/** Where the first process is gone, nobody is there to be told. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve())
  })
}
