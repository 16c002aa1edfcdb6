import { isAlive } from '../src/infrastructure/embedded-postgres/leftovers.ts'
import { type OwnPostgres, startOwnPostgres } from '../tests/support/own-postgres.ts'
import { type RollingResult, restartInTurn } from '../tests/support/rolling.ts'
import { eventually } from '../tests/support/server-process.ts'
import { startSteadyLoad } from '../tests/support/steady-load.ts'
import { createTemplate, createTestDatabase } from '../tests/support/test-database.ts'
import { startWorkers } from '../tests/support/workers.ts'

const TIMES = Number(process.env.ROLLING_TIMES ?? 100)
const WORKERS = 2

/**
 * Checks, reads, logins and refreshes without a pause by eight clients that try nothing twice, while two nodes behind nginx
 * are restarted in turn, and while the processes of one server are replaced: what was not answered as it should be.
 */
export async function run(): Promise<string> {
  await using postgres: OwnPostgres = await startOwnPostgres({})
  process.env.TEST_POSTGRES_URL = postgres.url
  await createTemplate()
  return [
    lineOf(`${TIMES} restarts of two nodes`, await restartInTurn(TIMES)),
    lineOf(`${TIMES} times SIGHUP, ${WORKERS} processes`, await rollAgainAndAgain()),
  ].join('\n')
}

async function rollAgainAndAgain(): Promise<RollingResult> {
  const database = await createTestDatabase()
  await using site = await startWorkers(database, WORKERS)
  const load = startSteadyLoad(site.url, await site.register())
  const readySeconds: number[] = []
  for (let count = 0; count < TIMES; count++) {
    const old = site.workers()
    const startedAt = performance.now()
    site.child.kill('SIGHUP')
    await site.served(WORKERS, old)
    readySeconds.push((performance.now() - startedAt) / 1000)
    await eventually(async () => !old.some(isAlive), 'the old processes have left', 30)
  }
  return { ...(await load.stop()), readySeconds }
}

function lineOf(name: string, { answered, failed, readySeconds }: RollingResult): string {
  const slowest = Math.max(...readySeconds).toFixed(1)
  return [
    `${name}: ${answered} answered, ${failed.length} failed, all serving after ${slowest} s at most`,
    ...failed.slice(0, 20),
  ].join('\n')
}
