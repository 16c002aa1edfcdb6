import assert from 'node:assert/strict'
import { type Account, freshEmail } from './accounts.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'
import { APP_SECRET, type TestDatabase } from './test-database.ts'
import { ADMIN, PASSWORD } from './test-server.ts'

const ANSWER_MS = 60_000

/** One of several servers on one database, each a process of its own. */
export interface Node extends ServerProcess {
  send(method: string, path: string, token?: string, json?: unknown): Promise<Response>
  /** The status of an answer; its body is read and dropped. */
  statusOf(method: string, path: string, token?: string, json?: unknown): Promise<number>
  /** Whether the token passes, with one of the roles where roles are given. */
  lets(token: string, role?: string): Promise<boolean>
  login(email: string, password?: string): Promise<Account>
  register(): Promise<Account>
}

export async function startNode(
  database: TestDatabase,
  env: Record<string, string> = {},
  folder?: string,
  serverFile?: string,
): Promise<Node> {
  const variables = {
    NODE_ENV: 'test',
    BCRYPT_COST: '4',
    RATE_LIMITS: 'off',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    PUBLIC_URL: 'http://gatehouse.test',
    DATABASE_URL: database.url,
    APP_SECRET,
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    ...env,
  }
  const server = await startServerProcess(variables, folder, serverFile)
  // What it says of itself is the address that all nodes share.
  const url = `http://127.0.0.1:${/"port":(\d+),"host"/.exec(server.output())?.[1]}`
  return { ...server, url, send, statusOf, lets, login, register }

  function send(method: string, path: string, token?: string, json?: unknown): Promise<Response> {
    return fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      // Who is never answered says so.
      signal: AbortSignal.timeout(ANSWER_MS),
    })
  }

  async function statusOf(...request: Parameters<Node['statusOf']>): Promise<number> {
    const answer = await send(...request)
    await answer.arrayBuffer()
    return answer.status
  }

  async function lets(token: string, role?: string): Promise<boolean> {
    const status = await statusOf('GET', role === undefined ? '/verify' : `/verify?role=${role}`, token)
    assert.ok([204, 401, 403].includes(status), `unexpected status ${status}`)
    return status === 204
  }

  async function login(email: string, password = PASSWORD): Promise<Account> {
    return accountOf(await send('POST', '/login', undefined, { email, password }))
  }

  async function register(): Promise<Account> {
    return accountOf(await send('POST', '/register', undefined, { email: freshEmail(), password: PASSWORD }))
  }
}

async function accountOf(answer: Response): Promise<Account> {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer should have.
  const body = (await answer.json()) as any
  assert.ok(answer.ok, JSON.stringify(body))
  return { id: body.user.id, email: body.user.email, token: body.token, refreshToken: body.refreshToken }
}
