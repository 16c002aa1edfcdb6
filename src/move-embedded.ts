import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Config, ConfigError } from '../config/env.ts'
import { interrupted } from './commands/command-failed.ts'
import type { MovedDatabase } from './commands/operations.ts'
import { findRunning, startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres.ts'
import type { Log } from './infrastructure/log.ts'
import { moveDatabase } from './infrastructure/move-database/move-database.ts'
import { watchInterruption } from './interruption.ts'

/**
 * Moves the embedded database that the configuration leads to. It runs as a child of this process meanwhile, so no server
 * can begin on it. Throws where one runs already.
 */
export async function moveEmbedded(
  { databaseUrl, appSecret, ...config }: Config,
  log: Log,
  targetUrl: string,
  onProgress: (line: string) => void,
): Promise<MovedDatabase> {
  if (databaseUrl !== null) {
    throw new ConfigError([
      'DATABASE_URL is set, and it is the embedded database that is moved; for others use pg_dump',
    ])
  }
  const dataDir = resolve(config.dataDir)
  if (!existsSync(join(dataDir, 'postgres'))) throw new Error(`There is no embedded database in ${dataDir}.`)
  if (await findRunning(dataDir)) throw new Error(`A server is running on the data in ${dataDir}: stop it first.`)
  using interruption = watchInterruption()
  const embedded = await startEmbeddedPostgres({ dataDir, log })
  try {
    const moved = await moveDatabase({
      sourceUrl: embedded.url,
      targetUrl,
      log,
      onProgress,
      signal: interruption.signal,
    })
    return { ...moved, dataDir, appSecretFile: appSecret === null ? join(dataDir, 'app-secret') : null }
  } catch (error) {
    throw interruption.signal.aborted ? interrupted() : error
  } finally {
    await embedded.stop()
  }
}
