import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { type Config, ConfigError, completeConfig } from '../config/env.ts'
import { createApp } from './app.ts'
import { type Container, createContainer } from './container.ts'
import { AppError } from './errors/app-error.ts'
import type { OpenDatabase } from './find-database.ts'
import { createHttpServer } from './http/http-server.ts'
import type { Log } from './infrastructure/log.ts'
import type { Collection } from './infrastructure/meters.ts'
import type { FirstAdmin } from './services/first-admin.service.ts'

export interface RunningServer {
  url: string
  port: number
  /** The first administrator of an embedded database that was just made, to be shown once. */
  newAdmin: FirstAdmin | null
  /** What it has measured so far. */
  collect(): Promise<Collection>
  /** Finishes what is under way, then closes everything. */
  stop(why: StopReason): Promise<void>
}

/**
 * Why a server stops. `interrupted`: somebody waits for it. `terminated`: others are to notice first that it leaves.
 * `replaced`: another process has taken its place, and nobody is to notice anything.
 */
export type StopReason = 'interrupted' | 'terminated' | 'replaced'

export interface StartOptions {
  openDatabase: () => Promise<OpenDatabase>
  /** The port that other processes of this server listen on already: this one joins them when it can serve. */
  joinedPort: number | null
}

/** Connections and threads without work are closed sooner. */
const CLOSE_MS = 5_000

const EMBEDDED_ADMIN_EMAIL = 'admin@localhost.localdomain'

/**
 * Listens, opens the database, brings it up to date, serves. Where others may serve meanwhile, behind the same port or the
 * same balancer, it listens last. What was started is stopped where a step fails.
 */
export async function start(
  config: Config,
  log: Log,
  { openDatabase, joinedPort }: StartOptions,
): Promise<RunningServer> {
  const server = createHttpServer(log)
  const isAlone = joinedPort === null && (config.databaseUrl === null || config.port === 0)
  const port = isAlone ? await server.listen(config.port, config.host) : (joinedPort ?? config.port)
  let database: OpenDatabase | undefined
  let container: Container | undefined
  try {
    database = await openDatabase()
    container = createContainer(completeConfig(config, { ...database, port }), { log })
    const firstAdmin = firstAdminOf(config)
    const { madeFirstAdmin } = await container.prepare(firstAdmin).catch(explainAdmin)
    await container.run()
    server.serve(createApp(container))
    // As it is configured: for port 0 each process is given the port of the first.
    if (!isAlone) await server.listen(config.port, config.host)
    const url = container.config.publicUrl
    log.info({ url, port, host: config.host, embedded: database.isEmbedded, pid: process.pid }, 'listening')
    const newAdmin = database.isEmbedded && madeFirstAdmin ? firstAdmin : null
    return { url, port, newAdmin, collect: container.metrics.collect, stop }
  } catch (error) {
    await stop('interrupted')
    throw error
  }

  /** No request outlives the pool, and no pool the database. */
  async function stop(why: StopReason): Promise<void> {
    if (why === 'terminated' && container) await announceLeave(container)
    await server.close({ atOnce: why === 'interrupted' })
    if (container) await closeInTime(container)
    await database?.stop()
  }

  /** Nothing is under way any more that somebody waits for, so what does not come to its end is left. */
  async function closeInTime({ close }: Container): Promise<void> {
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      log.error({}, 'what was opened is not closed in time, and left')
      late.resolve()
    }, CLOSE_MS)
    await Promise.race([close(), late.promise])
    clearTimeout(timer)
  }

  async function announceLeave({ config: { shutdownDelaySeconds }, leave }: Container): Promise<void> {
    leave()
    server.leave()
    await wait(shutdownDelaySeconds * 1000)
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
