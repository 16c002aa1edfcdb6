import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { type Gatehouse, startGatehouse } from './gatehouse.ts'
import { median } from './median.ts'

const ROUNDS = 12
const SECONDS = 2
const AT_ONCE = 32
const PASSWORD = 'a wide gate with nine green hinges'
const EMAIL = 'bench@example.com'

/** The lock that one sealing node at a time holds, see src/repositories/audit-seal.repository.ts. */
const SEALING_LOCK = 0x6175_6469

interface Load {
  perSecond: number
  medianMs: number
  slowestMs: number
}

/**
 * Logins, each of which writes an event, while events are sealed behind them and while somebody else holds the lock of
 * sealing, in turns. The hash is as cheap as it gets, so that what the database does shows; a round with sealing also
 * seals what the round without has left.
 */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse({
    NODE_ENV: 'test',
    BCRYPT_COST: '4',
    ADMIN_EMAIL: EMAIL,
    ADMIN_PASSWORD: PASSWORD,
  })
  const client = new pg.Client(await gatehouse.databaseUrl())
  await client.connect()
  try {
    await load(gatehouse)
    const rounds: { sealed: Load; unsealed: Load }[] = []
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ sealed: await load(gatehouse), unsealed: await withoutSealing(client, () => load(gatehouse)) })
    }
    await allSealed(client)
    const { rows } = await client.query('SELECT count(*) AS events, count(DISTINCT seal) AS seals FROM audit_events')
    return [
      '                  logins/s   median ms   slowest ms',
      row(
        'with sealing',
        rounds.map(({ sealed }) => sealed),
      ),
      row(
        'without',
        rounds.map(({ unsealed }) => unsealed),
      ),
      `ratio of logins/s, with to without   ${median(rounds.map(({ sealed, unsealed }) => sealed.perSecond / unsealed.perSecond)).toFixed(2)}`,
      `${rows[0].events} events in ${rows[0].seals} seals`,
    ].join('\n')
  } finally {
    await client.end()
  }
}

async function load({ port }: Gatehouse): Promise<Load> {
  const times: number[] = []
  const endAt = performance.now() + SECONDS * 1000
  const loginAgain = async () => {
    while (performance.now() < endAt) times.push(await timeOfLogin(port))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, loginAgain))
  return { perSecond: times.length / SECONDS, medianMs: median(times), slowestMs: Math.max(...times) }
}

async function timeOfLogin(port: number): Promise<number> {
  const startedAt = performance.now()
  const answer = await fetch(`http://127.0.0.1:${port}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: EMAIL, password: PASSWORD }),
  })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${answer.status} ${text}`)
  return performance.now() - startedAt
}

async function withoutSealing<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('SELECT pg_advisory_lock($1)', [SEALING_LOCK])
  try {
    return await work()
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [SEALING_LOCK])
  }
}

async function allSealed(client: pg.Client): Promise<void> {
  const isLeft = async () => (await client.query('SELECT FROM audit_events WHERE seal IS NULL LIMIT 1')).rowCount
  while (await isLeft()) await wait(100)
}

function row(name: string, loads: readonly Load[]): string {
  const [perSecond, medianMs, slowestMs] = (['perSecond', 'medianMs', 'slowestMs'] as const).map((figure) =>
    median(loads.map((load) => load[figure])).toFixed(figure === 'perSecond' ? 0 : 1),
  )
  return `${name.padEnd(14)}${perSecond?.padStart(12)}${medianMs?.padStart(12)}${slowestMs?.padStart(13)}`
}
