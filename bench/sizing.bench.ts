import { setTimeout as wait } from 'node:timers/promises'
import { cpuSeconds } from './cpu-time.ts'
import { type Gatehouse, startGatehouse } from './gatehouse.ts'

const SECONDS = 4
const CLIENTS = 8
const CREDENTIALS = { email: 'bench@example.com', password: 'correct horse battery staple' }

/** Asks once; gives what the next question of this client needs. */
type Ask = (refreshToken: string) => Promise<string>

/**
 * What one request of each kind costs: processor time of the server, its hash threads included, and of PostgreSQL. With it
 * an operator knows how many cores are needed for so many people. Requests per second depend on what else runs here;
 * these times hardly do.
 */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse()
  const { token } = await gatehouse.register()
  const kinds: [name: string, ask: Ask][] = [
    ['GET /verify', get('/verify')],
    ['GET /userdetails', get('/userdetails')],
    ['GET /moviedata', get('/moviedata')],
    ['GET /moviedata?q=knight', get('/moviedata?q=knight')],
    ['POST /refresh', (refreshToken) => post('/refresh', { refreshToken })],
    ['POST /login', () => post('/login', CREDENTIALS)],
  ]
  const lines = ['                          ms of the server   ms of PostgreSQL   a second here']
  for (const [name, ask] of kinds) lines.push(await measure(gatehouse, name, ask))
  return lines.join('\n')

  function get(path: string): Ask {
    return async (refreshToken) => {
      await answerOf(path, { headers: { authorization: `Bearer ${token}` } })
      return refreshToken
    }
  }

  async function post(path: string, body: object): Promise<string> {
    const headers = { 'content-type': 'application/json' }
    const text = await answerOf(path, { method: 'POST', headers, body: JSON.stringify(body) })
    return JSON.parse(text).refreshToken
  }

  async function answerOf(path: string, init: RequestInit): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${gatehouse.port}${path}`, init)
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer.text()
  }

  async function measure({ pid }: Gatehouse, name: string, ask: Ask): Promise<string> {
    const sessions: string[] = []
    while (sessions.length < CLIENTS) sessions.push(await post('/login', CREDENTIALS))
    // What the logins have begun, the sealing of their events too.
    await wait(1_500)
    const before = [cpuSeconds(pid, 'src/server.ts'), cpuSeconds(pid, 'postgres')]
    const end = performance.now() + SECONDS * 1000
    const counts = await Promise.all(sessions.map((refreshToken) => askUntil(end, ask, refreshToken)))
    const requests = counts.reduce((sum, count) => sum + count, 0)
    const used = [cpuSeconds(pid, 'src/server.ts'), cpuSeconds(pid, 'postgres')]
    const each = used.map((seconds, index) => ((seconds - (before[index] ?? 0)) * 1000) / requests)
    const [server = 0, postgres = 0] = each
    return `${name.padEnd(26)}${server.toFixed(3).padStart(16)}${postgres.toFixed(3).padStart(19)}${(requests / SECONDS).toFixed(0).padStart(16)}`
  }
}

async function askUntil(end: number, ask: Ask, first: string): Promise<number> {
  let count = 0
  for (let refreshToken = first; performance.now() < end; count++) refreshToken = await ask(refreshToken)
  return count
}
