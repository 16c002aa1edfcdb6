import { Command } from 'commander'
import { pino } from 'pino'
import { type Config, ConfigError, completeConfig, readConfig } from '../config/env.ts'
import { readEnvironment } from '../config/environment.ts'
import packageJson from '../package.json' with { type: 'json' }
import { auditCommand } from './commands/audit.command.ts'
import { dbCommand, type MovedDatabase } from './commands/db.command.ts'
import { keysCommand } from './commands/keys.command.ts'
import { sessionCommand } from './commands/session.command.ts'
import { type Container, createContainer } from './container.ts'
import { explain } from './explain.ts'
import { isUnprepared } from './infrastructure/database.ts'
import { findRunning, startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres.ts'
import { createLog, type Log } from './infrastructure/log.ts'
import { storedAppSecret } from './infrastructure/stored-secret.ts'
import { moveEmbedded } from './move-embedded.ts'

/** `npm run gatehouse -- <command>`: what operators do beside the running servers, on the same database. */
if (import.meta.main) await main()

async function main(): Promise<void> {
  const program = new Command('gatehouse').version(packageJson.version).description(packageJson.description)
  program
    .addCommand(auditCommand(withContainer))
    .addCommand(dbCommand(move))
    .addCommand(keysCommand(withContainer))
    .addCommand(sessionCommand(withContainer))
  // Node would print all that is on an error, rows and statements too.
  process.on('uncaughtException', (error) => {
    fail(error)
    process.exit()
  })
  await program.parseAsync().catch(fail)
}

function fail(error: unknown): void {
  // Whoever reads our output has seen enough.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = error instanceof ConfigError ? 2 : 1
}

/** Does `work` on the database of the configuration, or on the embedded one, whether a server has it running or not. */
async function withContainer(work: (container: Container) => Promise<void>): Promise<void> {
  const config = readConfig(readEnvironment())
  const log = logOf(config)
  const running = config.databaseUrl ?? (await findRunning(config.dataDir))
  const embedded = running === null ? await startEmbeddedPostgres({ dataDir: config.dataDir, log }) : null
  const databaseUrl = running ?? embedded?.url ?? ''
  try {
    const appSecret = config.appSecret ?? (await storedAppSecret(config.dataDir))
    await useContainer(
      createContainer(completeConfig(config, { port: config.port, databaseUrl, appSecret }), { log }),
      work,
    )
  } catch (error) {
    throw isUnprepared(error)
      ? new Error('This database is not prepared for this version yet: start the server once.')
      : error
  } finally {
    await embedded?.stop()
  }
}

async function move(targetUrl: string, onProgress: (line: string) => void): Promise<MovedDatabase> {
  const config = readConfig(readEnvironment())
  return moveEmbedded(config, logOf(config), targetUrl, onProgress)
}

/** Standard output is for the answer. */
function logOf({ logLevel }: Config): Log {
  return createLog({ level: logLevel === 'info' ? 'warn' : logLevel, readable: false }, pino.destination(2))
}

async function useContainer(container: Container, work: (container: Container) => Promise<void>): Promise<void> {
  try {
    await work(container)
  } finally {
    await container.close()
  }
}
