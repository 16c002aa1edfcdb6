import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { createLog } from '../../src/infrastructure/log.ts'
import { type PeerName, startPeer } from '../peers/start-peer.ts'
import { BETTER_AUTH, GATEHOUSE, TUTORIAL } from './apis.ts'
import { HASH_COST, type RunningGatehouse, startOn } from './running-gatehouse.ts'
import type { Server } from './server.ts'

export type Site = Awaited<ReturnType<typeof openSite>>

/** Enough for the pools of all servers at once. */
const SETTINGS = { max_connections: '300' }

/**
 * One PostgreSQL, and on it, each on a database of its own, the servers that are asked for: started when they first are,
 * and kept until all are stopped.
 */
export async function openSite() {
  await using opening = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
  opening.defer(() => rm(dataDir, { recursive: true, force: true }))
  const log = createLog({ level: 'warn', readable: false })
  const postgres = await startEmbeddedPostgres({ dataDir, log, settings: SETTINGS })
  opening.defer(() => postgres.stop())
  const databases: string[] = []
  const running = opening.move()
  const stop = once(() => running.disposeAsync())
  stopWhenInterrupted(stop)

  const gatehouse = once(() => newGatehouse())
  const peer = (name: PeerName, variables: NodeJS.ProcessEnv, api: Server['api']) =>
    once(async (): Promise<Server> => {
      const databaseUrl = await newDatabase()
      return { ...running.use(await startPeer(name, { ...variables, DATABASE_URL: databaseUrl })), api }
    })
  const equalCost = { HASH: 'bcrypt', COST: String(HASH_COST) }

  return {
    postgresUrl: postgres.url,
    folder: dataDir,
    gatehouse,
    newGatehouse,
    newDatabase,
    /** On Gatehouse's own data. */
    expressQuery: once(async () => {
      const { databaseUrl } = await gatehouse()
      return running.use(await startPeer('express-query', { DATABASE_URL: databaseUrl }))
    }),
    betterAuth: peer('better-auth', {}, BETTER_AUTH),
    betterAuthWithBcrypt: peer('better-auth', equalCost, BETTER_AUTH),
    betterAuthWithCookieCache: peer('better-auth', { COOKIE_CACHE: 'on' }, BETTER_AUTH),
    /** Each check extends the session. */
    betterAuthExtending: peer('better-auth', { UPDATE_AGE: '0' }, BETTER_AUTH),
    tutorial: peer('tutorial', { COST: String(HASH_COST) }, TUTORIAL),
    [Symbol.asyncDispose]: stop,
  }

  /** One more, on a database of its own. */
  async function newGatehouse(): Promise<RunningGatehouse & Server> {
    const databaseUrl = await newDatabase()
    return { ...running.use(await startOn(databaseUrl, dataDir)), api: GATEHOUSE }
  }

  /** An empty one; its URL. */
  async function newDatabase(): Promise<string> {
    const name = `bench_${databases.length}`
    databases.push(name)
    const client = new pg.Client(postgres.url)
    await client.connect()
    await client.query(`CREATE DATABASE ${name}`)
    await client.end()
    return Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href
  }
}

/** Gatehouse and PostgreSQL are not of the terminal's process group: Ctrl-C does not reach them. */
function stopWhenInterrupted(stop: () => Promise<void>): void {
  const leave = () => void stop().finally(() => process.exit(130))
  process.once('SIGINT', leave)
  process.once('SIGTERM', leave)
}

/** The same promise for everybody who asks. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
