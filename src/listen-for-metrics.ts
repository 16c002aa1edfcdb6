import type { Config } from '../config/env.ts'
import { listenOps, type OpsServer } from './http/ops-server.ts'
import { expose } from './infrastructure/exposition.ts'
import type { Log } from './infrastructure/log.ts'
import type { Collection } from './infrastructure/meters.ts'

/** Opens the listener for `/metrics` where the configuration wants one: it answers with what all processes have measured. */
export async function listenForMetrics(
  { opsPort, opsHost }: Config,
  log: Log,
  collectAll: () => Promise<Collection[]>,
): Promise<OpsServer | null> {
  if (opsPort === null) return null
  return listenOps({ port: opsPort, host: opsHost, expose: async () => expose(await collectAll()), log })
}
