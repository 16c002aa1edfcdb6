import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { unsealed } from './fill-logins.ts'
import { PASSWORD } from './fill-users.ts'
import { type Gatehouse, startGatehouse } from './gatehouse.ts'
import type { MeasuredCommand } from './measured-command.ts'
import { type Pace, type PacedTimes, startPaced } from './paced-requests.ts'

const QUIET_MS = 15_000
const LOOK_MS = 100
const ADMIN = { email: 'admin@example.com', password: 'a wide gate with nine green hinges' }

/** How many of a million have them. */
const TERMS = {
  nobody: ['qzx', 'jqw', 'wqq'],
  '20': ['zod', 'lbu', 'gph', 'wmu'],
  '3,000': ['hux', 'xav', 'tyl', 'zel'],
}

const FIND_INDEX = `SELECT array_to_string(reloptions, ' ') AS options FROM pg_class WHERE relname = 'users_search_text_idx'`
/** Gives how many pages there were to be cleaned. */
const CLEAN_INDEX = `SELECT gin_clean_pending_list('users_search_text_idx') AS pages`

/** Runs an import on the database of a server that is asked steadily before, during and after it. */
export async function importBeside(importInto: (dataDir: string) => Promise<MeasuredCommand>) {
  await using gatehouse = await startGatehouse({ ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password })
  const client = new pg.Client(await gatehouse.databaseUrl())
  await client.connect()
  try {
    const paces = await pacesOf(gatehouse)
    const [before] = await timesWhile(gatehouse, paces, () => wait(QUIET_MS))
    const [during, command] = await timesWhile(gatehouse, paces, () => importInto(gatehouse.dataDir))
    const index = await indexState(client)
    const sealedSeconds = await secondsUntilSealed(client)
    const [after] = await timesWhile(gatehouse, paces, () => wait(QUIET_MS))
    return {
      command,
      lines: [...table({ before, during, after }), `all was sealed ${sealedSeconds.toFixed(1)} s later`, index],
    }
  } finally {
    await client.end()
  }
}

async function pacesOf(gatehouse: Gatehouse): Promise<Pace[]> {
  const { token } = await gatehouse.register()
  const admin = await gatehouse.logIn(ADMIN)
  const login = {
    method: 'POST',
    path: '/login',
    json: { email: 'bench@example.com', password: PASSWORD },
    status: 200,
  }
  const searches = Object.entries(TERMS).map(([count, terms]) => ({
    title: `a search that finds ${count}`,
    perSecond: 1,
    requests: terms.map((term) => ({ method: 'GET', path: `/users?q=${term}`, token: admin.token, status: 200 })),
  }))
  return [
    { title: 'a login, one hash included', perSecond: 4, requests: [login] },
    { title: 'a check', perSecond: 40, requests: [{ method: 'GET', path: '/verify', token, status: 204 }] },
    ...searches,
  ]
}

async function timesWhile<T>(
  { port }: Gatehouse,
  paces: readonly Pace[],
  work: () => Promise<T>,
): Promise<[PacedTimes[], T]> {
  const load = startPaced(port, paces)
  const result = await work()
  return [await load.stop(), result]
}

async function secondsUntilSealed(client: pg.Client): Promise<number> {
  const startedAt = performance.now()
  while ((await unsealed(client)) > 0) await wait(LOOK_MS)
  return (performance.now() - startedAt) / 1000
}

async function indexState(client: pg.Client): Promise<string> {
  const { rows: found } = await client.query(FIND_INDEX)
  const { rows: cleaned } = await client.query(CLEAN_INDEX)
  return `the index for search: ${found[0]?.options ?? 'no options'}, ${cleaned[0]?.pages} pages not sorted in`
}

function table(times: Record<string, PacedTimes[]>): string[] {
  const lines = Object.entries(times).flatMap(([when, all]) =>
    all.map(({ title, count, p50Ms, p95Ms, maxMs, failed }) => {
      const figures = [p50Ms, p95Ms, maxMs].map((figure) => figure.toFixed(1).padStart(10)).join('')
      const problems = failed.length === 0 ? '' : `  ${failed.length} of ${count} failed: ${failed[0]}`
      return `${`${title}, ${when}`.padEnd(40)}${figures}${problems}`
    }),
  )
  return [`${'ms'.padEnd(40)}${['p50', 'p95', 'most'].map((name) => name.padStart(10)).join('')}`, ...lines]
}
