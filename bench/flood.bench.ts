import { setTimeout as wait } from 'node:timers/promises'
import { startGatehouse } from './gatehouse.ts'

const CAPACITY_SECONDS = 5
const FLOOD_SECONDS = 15
const TIMES_CAPACITY = 5
const READS_PER_SECOND = 100
const ACCOUNTS = 50
const PASSWORD = 'a wide gate with nine green hinges'
const FLOODING = '198.51.100.1'
const OTHER = '203.0.113.1'

interface Asked {
  status: number
  ms: number
}

/**
 * A flood of logins from one network, five times what the pool can hash, while people read who are signed in, and
 * somebody logs in now and then from another network (P5). The limits on guesses are off: what sheds is the queue.
 */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse({ TRUST_PROXY: '127.0.0.1' })
  const url = `http://127.0.0.1:${gatehouse.port}`
  const { token } = await gatehouse.register()
  for (let account = 0; account < ACCOUNTS; account++) {
    await ask(url, '/register', OTHER, { email: emailOf(account), password: PASSWORD })
  }
  const login = (ip: string, account: number) =>
    ask(url, '/login', ip, { email: emailOf(account % ACCOUNTS), password: PASSWORD })

  const capacity = await loginsPerSecond((turn) => login(FLOODING, turn))
  const read = async (turn: number) => timed(fetch(`${url}/${READS[turn % READS.length]}`, signedIn(token)))
  const quietReads = await atRate(READS_PER_SECOND, CAPACITY_SECONDS, read)
  const [flood, reads, others] = await Promise.all([
    atRate(TIMES_CAPACITY * capacity, FLOOD_SECONDS, (turn) => login(FLOODING, turn)),
    atRate(READS_PER_SECOND, FLOOD_SECONDS, read),
    atRate(2, FLOOD_SECONDS, (turn) => login(OTHER, turn)),
  ])
  const behind = await login(OTHER, 0)
  const [accepted, refused] = [
    flood.filter(({ status }) => status === 200),
    flood.filter(({ status }) => status === 503),
  ]
  const odd = [...flood, ...reads, ...others].filter(({ status }) => ![200, 204, 503].includes(status))
  if (odd.length > 0) throw new Error(`unexpected answers: ${odd.map(({ status }) => status).join()}`)
  return [
    `logins a second, 8 at once            ${capacity.toFixed(1)}`,
    `flood: asked, accepted, refused       ${flood.length}, ${accepted.length}, ${refused.length}`,
    `accepted a second, to that without    ${(accepted.length / FLOOD_SECONDS / capacity).toFixed(2)}`,
    `accepted within, 95th percentile      ${percentile(accepted, 0.95)} ms`,
    `refused within, 99th percentile       ${percentile(refused, 0.99)} ms`,
    `reads, 99th percentile, quiet         ${percentile(quietReads, 0.99)} ms`,
    `reads, 99th percentile, flooded       ${percentile(reads, 0.99)} ms`,
    `another network: asked, accepted      ${others.length}, ${others.filter(({ status }) => status === 200).length}`,
    `another network, 95th percentile      ${percentile(others, 0.95)} ms`,
    `the first login behind the flood      ${behind.ms.toFixed(0)} ms`,
  ].join('\n')
}

const READS = ['userdetails', 'verify', 'moviedata?limit=1']
const emailOf = (account: number) => `flood-${account}@example.com`
const signedIn = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

async function timed(answering: Promise<Response>): Promise<Asked> {
  const startedAt = performance.now()
  const answer = await answering
  await answer.arrayBuffer()
  return { status: answer.status, ms: performance.now() - startedAt }
}

function ask(url: string, path: string, ip: string, json: object): Promise<Asked> {
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': ip }
  return timed(fetch(url + path, { method: 'POST', headers, body: JSON.stringify(json) }))
}

async function loginsPerSecond(login: (turn: number) => Promise<Asked>): Promise<number> {
  const endAt = performance.now() + CAPACITY_SECONDS * 1000
  const counts = await Promise.all(
    Array.from({ length: 8 }, async (_, client) => {
      let count = 0
      while (performance.now() < endAt) {
        await login(client * 7 + count)
        count += 1
      }
      return count
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0) / CAPACITY_SECONDS
}

/** Asks so often whether or not answers come, as a flood does. */
async function atRate(perSecond: number, seconds: number, work: (turn: number) => Promise<Asked>): Promise<Asked[]> {
  const asked: Promise<Asked>[] = []
  const startedAt = performance.now()
  for (let turn = 0; turn < perSecond * seconds; turn++) {
    const dueMs = startedAt + (turn / perSecond) * 1000 - performance.now()
    if (dueMs > 0) await wait(dueMs)
    asked.push(work(turn))
  }
  return Promise.all(asked)
}

function percentile(asked: readonly Asked[], share: number): string {
  const times = asked.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN).toFixed(1)
}
