import pg from 'pg'
import { encodeCursor } from '../src/schemas/cursor.ts'
import { fillUsers } from './fill-users.ts'
import { type Gatehouse, startGatehouse } from './gatehouse.ts'

/** How often a request can be made that changes what it finds: each is of another user. */
export const ONCE_ONLY = 100

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  body?: object
  /** The status of its answer. */
  expected: number
}

/** A running server with many users, and what requests to it need. */
export interface Site {
  gatehouse: Gatehouse
  /** Behind it comes the older half of the users. */
  halfWayCursor: string
  /** As many as `ONCE_ONLY`, chosen at random, who have no role but `user`. */
  plainUsers: readonly { id: string; email: string }[]
  /** Asks as the administrator. Gives the body, and rejects where the status is not the expected one. */
  ask(request: ApiRequest): Promise<unknown>
  [Symbol.asyncDispose](): Promise<void>
}

const ADMIN = { email: 'admin@example.com', password: 'a wide gate with nine green hinges' }

const FIND_HALF_WAY = 'SELECT id FROM users ORDER BY id DESC OFFSET $1 LIMIT 1'
// In an order that has nothing to do with that of the ids, and is the same at every run.
const FIND_PLAIN_USERS = `
  SELECT id, email FROM users
  WHERE status = 'active' AND NOT EXISTS (SELECT FROM user_roles WHERE user_id = id AND role <> 'user')
  ORDER BY md5(email) LIMIT $1`

export async function startSite(count: number): Promise<Site> {
  await using starting = new AsyncDisposableStack()
  const gatehouse = starting.use(await startGatehouse({ ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }))
  await fillUsers(await gatehouse.databaseUrl(), count)
  const inDatabase = await findInDatabase(await gatehouse.databaseUrl(), count)
  const token = await signIn(gatehouse.port)
  const started = starting.move()
  return {
    gatehouse,
    ...inDatabase,
    ask: (request) => ask(gatehouse.port, request, token),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

async function findInDatabase(databaseUrl: string, count: number) {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    const { rows: halfWay } = await client.query<{ id: string }>(FIND_HALF_WAY, [count / 2])
    const { rows: plainUsers } = await client.query<{ id: string; email: string }>(FIND_PLAIN_USERS, [ONCE_ONLY])
    return { halfWayCursor: encodeCursor(halfWay[0]?.id), plainUsers }
  } finally {
    await client.end()
  }
}

async function signIn(port: number): Promise<string> {
  const { token } = (await ask(port, { method: 'POST', path: '/login', body: ADMIN, expected: 200 })) as {
    token: string
  }
  return token
}

async function ask(port: number, { method, path, body, expected }: ApiRequest, token?: string): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (answer.status !== expected) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}
