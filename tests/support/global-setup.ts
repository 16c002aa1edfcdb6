import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { createLog } from '../../src/infrastructure/log.ts'
import { createTemplate } from './test-database.ts'

let postgres: EmbeddedPostgres | undefined
let dataDir: string | undefined

/** One PostgreSQL for the whole run, with one migrated and seeded database that every test file clones. */
export async function globalSetup(): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-test-'))
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }
  postgres = await startEmbeddedPostgres({ dataDir, settings, log: createLog({ level: 'warn', readable: false }) })
  process.env.TEST_POSTGRES_URL = postgres.url
  await createTemplate()
}

export async function globalTeardown(): Promise<void> {
  await postgres?.stop()
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
}
