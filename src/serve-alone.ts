import type { Config } from '../config/env.ts'
import { openDatabase } from './find-database.ts'
import type { Log } from './infrastructure/log.ts'
import { listenForMetrics } from './listen-for-metrics.ts'
import { type RunningServer, type StopReason, start } from './start.ts'

/** Serves as the only process of its server. */
export async function serveAlone(config: Config, log: Log): Promise<Omit<RunningServer, 'collect'>> {
  let collect: RunningServer['collect'] = async () => []
  const ops = await listenForMetrics(config, log, async () => [await collect()])
  try {
    const server = await start(config, log, { openDatabase: () => openDatabase(config, log), joinedPort: null })
    collect = server.collect
    return { ...server, stop }

    async function stop(why: StopReason): Promise<void> {
      await server.stop(why)
      await ops?.close()
    }
  } catch (error) {
    await ops?.close()
    throw error
  }
}
