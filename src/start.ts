import { randomBytes } from 'node:crypto'
import { type Config, ConfigError, completeConfig } from '../config/env.ts'
import { createApp } from './app.ts'
import { type Container, createContainer } from './container.ts'
import { AppError } from './errors/app-error.ts'
import { listen } from './http/http-server.ts'
import { listenOps, type OpsServer } from './http/ops-server.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './infrastructure/embedded-postgres/embedded-postgres.ts'
import { expose } from './infrastructure/exposition.ts'
import type { Log } from './infrastructure/log.ts'
import { storedAppSecret } from './infrastructure/stored-secret.ts'
import type { FirstAdmin } from './services/first-admin.service.ts'

export interface RunningServer {
  url: string
  /** The first administrator of an embedded database that was just made, to be shown once. */
  newAdmin: FirstAdmin | null
  /** Finishes what is under way, then closes everything. */
  stop(): Promise<void>
}

const EMBEDDED_ADMIN_EMAIL = 'admin@localhost.localdomain'

/** Listens, finds or starts the database, brings it up to date, serves. What was started is stopped where a step fails. */
export async function start(config: Config, log: Log): Promise<RunningServer> {
  const { dataDir } = config
  const server = await listen(config.port, config.host, log)
  let embedded: EmbeddedPostgres | undefined
  let container: Container | undefined
  let ops: OpsServer | undefined
  try {
    if (config.databaseUrl === null) embedded = await startEmbeddedPostgres({ dataDir, log })
    container = createContainer(
      completeConfig(config, {
        port: server.port,
        databaseUrl: config.databaseUrl ?? embedded?.url ?? '',
        appSecret: config.appSecret ?? (await storedAppSecret(dataDir)),
      }),
      { log },
    )
    if (config.opsPort !== null)
      ops = await listenOps({ port: config.opsPort, host: config.opsHost, expose: exposeOwn, log })
    const firstAdmin = firstAdminOf(config)
    const { madeFirstAdmin } = await container.prepare(firstAdmin).catch(explainAdmin)
    await container.run()
    server.serve(createApp(container))
    const url = container.config.publicUrl
    log.info({ url, port: server.port, host: config.host, embedded: embedded !== undefined }, 'listening')
    return { url, newAdmin: embedded && madeFirstAdmin ? firstAdmin : null, stop }
  } catch (error) {
    await stop()
    throw error
  }

  /** Of one process alone. */
  async function exposeOwn() {
    return expose(container ? [await container.metrics.collect()] : [])
  }

  /** No request outlives the pool, and no pool the database. */
  async function stop(): Promise<void> {
    container?.leave()
    await server.close()
    await ops?.close()
    await container?.close()
    await embedded?.stop()
  }
}

/** With an embedded database there always is one; with another only where the configuration names it. */
function firstAdminOf({ databaseUrl, adminEmail, adminPassword }: Config): FirstAdmin | null {
  if (databaseUrl !== null && (adminEmail === null || adminPassword === null)) return null
  return {
    email: adminEmail ?? EMBEDDED_ADMIN_EMAIL,
    password: adminPassword ?? randomBytes(18).toString('base64url'),
    passwordIsRandom: adminPassword === null,
  }
}

/** What is wrong with the first administrator is wrong with the configuration. */
function explainAdmin(error: unknown): never {
  if (!(error instanceof AppError)) throw error
  if (error.code === 'email_taken') {
    throw new ConfigError(['ADMIN_EMAIL belongs to an account that is not an active administrator; name another'])
  }
  throw new ConfigError(error.errors.map(({ message }) => `ADMIN_PASSWORD ${message}`))
}
