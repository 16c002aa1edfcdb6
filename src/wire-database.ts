import type { CompleteConfig } from '../config/env.ts'
import { createDatabase } from './infrastructure/database.ts'
import type { Log } from './infrastructure/log.ts'
import type { createMetrics } from './infrastructure/metrics.ts'
import { createReplicas } from './infrastructure/replicas.ts'

export interface DatabaseWiring {
  metrics: Pick<ReturnType<typeof createMetrics>, 'connections' | 'transactions' | 'replicaRead'>
  log: Log
}

/** What happens to a replica is no alarm: another is asked. */
const UNOBSERVED = {
  connecting: () => undefined,
  connected: () => undefined,
  acquired: () => undefined,
  statementCancelled: () => undefined,
  retried: () => undefined,
}

/** The primary, where everything is decided, and the replicas. */
export function wireDatabase(config: CompleteConfig, { metrics, log }: DatabaseWiring) {
  const common = {
    poolMax: config.databasePoolMax,
    // Who leads past something has something in between.
    isPooled: config.databaseDirectUrl !== config.databaseUrl,
  }
  const { connections, transactions } = metrics
  const database = createDatabase({ ...common, url: config.databaseUrl, connections, transactions })
  const standbys = config.databaseReplicaUrls.map((url) => ({
    name: new URL(url).host,
    database: createDatabase({ ...common, url, connections: UNOBSERVED, transactions: UNOBSERVED }),
  }))
  const replicas = createReplicas({ primary: database, standbys, onRead: metrics.replicaRead, log })
  return { database, replicas }
}
