import pg from 'pg'
import { MACHINES, type Machine, SERVERS, type Server } from './layout.ts'
import { superuserUrl, type Trial } from './trial.ts'

/** What Patroni says of one of its own. */
export interface Member {
  name: Machine
  role: 'leader' | 'sync_standby' | 'replica'
  state: string
  timeline?: number
  lag?: number | string
}

const ANSWER_MS = 2_000

/** What the first Patroni that answers says of all. Whoever is gone stays the leader until its key runs out. */
export async function membersOf({ ports }: Trial): Promise<Member[]> {
  for (const machine of MACHINES) {
    const answer = await ask(`http://127.0.0.1:${ports.machines[machine].patroni}/cluster`)
    if (answer?.ok) return ((await answer.json()) as { members: Member[] }).members
  }
  return []
}

/** Who holds the leader's key, and says so itself. Null where nobody does. */
export async function primaryOf(trial: Trial): Promise<Machine | null> {
  const answers = await Promise.all(
    MACHINES.map((machine) => ask(`http://127.0.0.1:${trial.ports.machines[machine].patroni}/primary`)),
  )
  return MACHINES.find((_, index) => answers[index]?.ok) ?? null
}

/** Whether a server says that it is ready; null where it does not answer. */
export const isReady = ({ ports }: Trial, server: Server): Promise<boolean | null> => readiness(ports.servers[server])

async function readiness(port: number): Promise<boolean | null> {
  const answer = await ask(`http://127.0.0.1:${port}/readyz`)
  return answer?.ok ?? null
}

/** One primary, two standbys behind it that receive what it writes, one of them synchronous, and the proxy leads there. */
export async function isComplete(trial: Trial): Promise<boolean> {
  const members = await membersOf(trial)
  const leader = members.find(({ role }) => role === 'leader')
  if (members.length < MACHINES.length || !leader || (await primaryOf(trial)) !== leader.name) return false
  const isWhole = members.every(({ state, timeline }) => isServing(state) && timeline === leader.timeline)
  if (!isWhole || !members.some(({ role }) => role === 'sync_standby')) return false
  const { rows } = await queryPrimary<{ streaming: boolean }>(trial, STREAMING)
  return rows[0]?.streaming ?? false
}

/** Whether both servers are ready, and the proxy leads to them. */
export async function isSiteReady(trial: Trial): Promise<boolean> {
  const answers = await Promise.all(SERVERS.map((server) => isReady(trial, server)))
  return answers.every((ready) => ready === true) && (await readiness(trial.ports.site)) === true
}

const STREAMING = `
  SELECT count(*) FILTER (WHERE state = 'streaming') = ${MACHINES.length - 1}
    AND count(*) FILTER (WHERE state = 'streaming' AND sync_state = 'sync') = 1 AS streaming
  FROM pg_stat_replication`

/** What a standby says of itself has changed its name between versions of Patroni. */
const isServing = (state: string): boolean => state === 'running' || state === 'streaming'

/** As the superuser, at whichever is the primary. */
export async function queryPrimary<Row extends pg.QueryResultRow>(
  trial: Trial,
  text: string,
): Promise<pg.QueryResult<Row>> {
  const client = new pg.Client({ connectionString: superuserUrl(trial), connectionTimeoutMillis: ANSWER_MS })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.query<Row>(text)
  } finally {
    await client.end()
  }
}

/** Null where nobody answers. */
async function ask(url: string): Promise<Response | null> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null)
}
