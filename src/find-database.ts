import type { Config } from '../config/env.ts'
import { startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres.ts'
import type { Log } from './infrastructure/log.ts'
import { storedAppSecret } from './infrastructure/stored-secret.ts'

/** What a server runs on. */
export interface FoundDatabase {
  databaseUrl: string
  appSecret: string
  isEmbedded: boolean
}

export interface OpenDatabase extends FoundDatabase {
  /** Stops what was started here. */
  stop(): Promise<void>
}

/** The database and the secret that the configuration names, or the embedded ones, which are made and started. */
export async function openDatabase({ databaseUrl, appSecret, dataDir }: Config, log: Log): Promise<OpenDatabase> {
  const embedded = databaseUrl === null ? await startEmbeddedPostgres({ dataDir, log }) : null
  try {
    return {
      databaseUrl: databaseUrl ?? embedded?.url ?? '',
      appSecret: appSecret ?? (await storedAppSecret(dataDir)),
      isEmbedded: embedded !== null,
      stop: async () => embedded?.stop(),
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}
