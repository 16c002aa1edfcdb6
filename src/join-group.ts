import type { Config } from '../config/env.ts'
import type { Log } from './infrastructure/log.ts'
import type { FromWorker, ToWorker } from './infrastructure/process-messages.ts'
import { type RunningServer, start } from './start.ts'

/** Serves as one of several processes, with the database and the port that the first process tells it. */
export async function joinGroup(config: Config, log: Log, onLeave: () => void): Promise<RunningServer> {
  const { database, joinedPort } = await beginning()
  const openDatabase = async () => ({ ...database, stop: async () => undefined })
  const server = await start(config, log, { openDatabase, joinedPort })
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'leave') onLeave()
  })
  tell({ kind: 'ready', port: server.port })
  return server
}

function beginning(): Promise<Extract<ToWorker, { kind: 'begin' }>> {
  return new Promise((resolve) => {
    process.once('message', (message: ToWorker) => {
      if (message.kind === 'begin') resolve(message)
    })
  })
}

function tell(message: FromWorker): void {
  process.send?.(message)
}
