import pg from 'pg'
import { eventually } from './server-process.ts'
import type { TestDatabase } from './test-database.ts'

/**
 * Runs `ask`, whose statements wait for the rows that `lock` locks until there are as many as `count`: all that it asks
 * has been sent before any of it is answered. They also wait for `meanwhile`, which has to be done within a second.
 */
export async function heldUp<T>(
  database: TestDatabase,
  lock: string,
  count: number,
  ask: () => Promise<T>,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<T> {
  await using running = new AsyncDisposableStack()
  const holder = running.adopt(new pg.Client({ connectionString: database.url }), (client) => client.end())
  await holder.connect()
  await holder.query('BEGIN')
  await holder.query(lock)
  const [answers] = await Promise.all([ask(), release()])
  return answers

  async function release(): Promise<void> {
    const waits = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await eventually(async () => (await database.count(waits)) === count, `${count} wait`)
    await meanwhile()
    await holder.query('COMMIT')
  }
}
