import assert from 'node:assert/strict'
import { cliEnvironment, runCli } from '../cli.ts'
import { type OwnPostgres, startOwnPostgres } from '../own-postgres.ts'
import { databaseAt, type TestDatabase } from '../test-database.ts'
import { type Comparison, compare } from './compare.ts'
import { type Ledger, ROLE } from './ledger.ts'
import { type OwnSite, startSite } from './site.ts'

/** Settings with which nothing is on the disk for ten seconds, and no commit waits for it. */
export const CARELESS = { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' }

/** A PostgreSQL of its own and servers on it, to be killed and stopped. */
export interface Ground {
  postgres: OwnPostgres
  database: TestDatabase
  sites: readonly [OwnSite, ...OwnSite[]]
  /** What is there of what clients were promised. */
  compare(ledger: Ledger): Promise<Comparison>
  /** Runs `audit verify`, and throws what it says where it is not content. */
  verifyTrail(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function prepareGround(settings: Record<string, string> = {}, moreSites = 0): Promise<Ground> {
  const running = new AsyncDisposableStack()
  const postgres = running.use(await startOwnPostgres(settings))
  const database = databaseAt(postgres.url)
  const first = running.use(await startSite(database))
  const more = await Promise.all(Array.from({ length: moreSites }, () => startSite(database)))
  for (const site of more) running.use(site)
  const { node, adminToken } = await first.node()
  assert.equal(await node.statusOf('POST', '/roles', adminToken, { name: ROLE }), 201)
  // What was done until here is not in question.
  await database.query('CHECKPOINT')
  return {
    postgres,
    database,
    sites: [first, ...more],
    compare: (ledger) => compare(ledger, database, first),
    verifyTrail,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }

  async function verifyTrail(): Promise<void> {
    const { code, output, errors } = await runCli(['audit', 'verify'], cliEnvironment(database))
    assert.equal(code, 0, output + errors)
  }
}
