import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { createLog } from '../../src/infrastructure/log.ts'
import { type PgBouncer, startPgBouncer } from './pgbouncer.ts'
import { createTemplate, dropTemplate } from './test-database.ts'

let postgres: EmbeddedPostgres | undefined
let dataDir: string | undefined
let pooler: PgBouncer | undefined

/**
 * One PostgreSQL for the whole run, with one migrated and seeded database that every test file clones. It is embedded,
 * unless TEST_POSTGRES_URL names another whose user may create databases. With TEST_POOLED, every server that a test starts
 * goes through a PgBouncer in transaction mode, see pooled-run.ts.
 */
export async function globalSetup(): Promise<void> {
  process.env.TEST_POSTGRES_URL ||= await startOwn()
  await createTemplate()
  if (!process.env.TEST_POOLED) return
  pooler = await startPgBouncer(process.env.TEST_POSTGRES_URL)
  process.env.TEST_POOLER_PORT = String(pooler.port)
}

async function startOwn(): Promise<string> {
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-test-'))
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }
  postgres = await startEmbeddedPostgres({ dataDir, settings, log: createLog({ level: 'warn', readable: false }) })
  return postgres.url
}

export async function globalTeardown(): Promise<void> {
  if (pooler) process.stdout.write(`PgBouncer carried ${await pooler.transactions()} transactions.\n`)
  await pooler?.[Symbol.asyncDispose]()
  await dropTemplate()
  await postgres?.stop()
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
}
