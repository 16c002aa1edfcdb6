import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Config, completeConfig, readConfig } from '../config/env.ts'
import { readEnvironment } from '../config/environment.ts'
import { CommandFailed } from './commands/command-failed.ts'
import type { AppliedChanges, ListedChanges, MovedDatabase, Operations } from './commands/operations.ts'
import { type Container, createContainer } from './container.ts'
import { importUsers } from './import-users.ts'
import { isUnprepared } from './infrastructure/database.ts'
import { findRunning, startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres.ts'
import { listChanges } from './infrastructure/listed-changes.ts'
import { createLog, type Log } from './infrastructure/log.ts'
import { storedAppSecret } from './infrastructure/stored-secret.ts'
import { type Interruption, watchInterruption } from './interruption.ts'
import { moveEmbedded } from './move-embedded.ts'
import type { ImportReport } from './services/import/import.service.ts'
import type { ImportRequest, OnProgress } from './services/import/import-request.ts'

const unprepared = () =>
  new CommandFailed(
    'unprepared',
    'This database is not prepared for this version yet: start the server once, or run `db migrate`.',
  )

/** What commands do their work with. Opens nothing yet. Throws a `ConfigError`. */
export function createOperations(): Operations {
  const config = readConfig(readEnvironment())
  const log = logOf(config)

  return { withContainer, migrateDatabase, listChanges: listed, moveDatabase, importUsers: importInto }

  async function withContainer<T>(work: (container: Container) => Promise<T>): Promise<T> {
    // Whoever has mistaken the folder is not to find a new database in it.
    if (isMissing(config)) throw unprepared()
    return useContainer(work).catch((error: unknown) => {
      throw isUnprepared(error) ? unprepared() : error
    })
  }

  async function migrateDatabase(): Promise<AppliedChanges> {
    return useContainer(async (container) => (await container.prepare(null)).applied)
  }

  async function listed(): Promise<ListedChanges> {
    if (isMissing(config)) return listChanges(null)
    return useDatabase(config, log, (url) => listChanges(config.databaseDirectUrl ?? url))
  }

  function moveDatabase(targetUrl: string, onProgress: (line: string) => void): Promise<MovedDatabase> {
    return moveEmbedded(config, log, targetUrl, onProgress)
  }

  function importInto(request: ImportRequest, onProgress: OnProgress): Promise<ImportReport> {
    return withContainer((container) => importUsers(container, request, onProgress))
  }

  function useContainer<T>(work: (container: Container) => Promise<T>): Promise<T> {
    return useDatabase(config, log, async (databaseUrl, { orInterrupted }) => {
      const appSecret = config.appSecret ?? (await storedAppSecret(config.dataDir))
      const complete = completeConfig(config, { port: config.port, databaseUrl, appSecret })
      const container = createContainer(complete, { log })
      try {
        return await orInterrupted(work(container))
      } finally {
        await container.close()
      }
    })
  }
}

const isMissing = ({ databaseUrl, dataDir }: Config): boolean =>
  databaseUrl === null && !existsSync(join(dataDir, 'postgres'))

/** Does `work` on the database of the configuration, or on the embedded one, whether a server has it running or not. */
async function useDatabase<T>(
  config: Config,
  log: Log,
  work: (databaseUrl: string, interruption: Interruption) => Promise<T>,
): Promise<T> {
  using interruption = watchInterruption()
  const running = config.databaseUrl ?? (await findRunning(config.dataDir))
  if (running !== null) return await work(running, interruption)
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, log })
  try {
    return await work(embedded.url, interruption)
  } finally {
    await embedded.stop()
  }
}

/** Standard output is for the answer. */
function logOf({ logLevel }: Config): Log {
  return createLog({ level: logLevel === 'info' ? 'warn' : logLevel, readable: false }, pino.destination(2))
}
