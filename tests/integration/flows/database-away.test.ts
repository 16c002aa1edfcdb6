import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import pg from 'pg'
import { type Account, freshEmail } from '../../support/accounts.ts'
import { type Node, startNode } from '../../support/node.ts'
import { type OwnPostgres, startOwnPostgres } from '../../support/own-postgres.ts'
import { startProxy, type TcpProxy } from '../../support/proxy.ts'
import { refusingServer } from '../../support/refusing-server.ts'
import { eventually } from '../../support/server-process.ts'
import { databaseAt, type TestDatabase } from '../../support/test-database.ts'
import { ADMIN, PASSWORD } from '../../support/test-server.ts'

const PROMISED_MS = 3_000
const PROMISED_BACK_SECONDS = 5
const ALL_WELL = { database: 'ok', migrations: 'ok', feed: 'ok', signingKeys: 'ok', shutdown: 'ok' }
/** More than there are connections in a pool. */
const AT_ONCE = 30

describe('while the database', () => {
  const running = new AsyncDisposableStack()
  let postgres: OwnPostgres
  let database: TestDatabase
  let proxy: TcpProxy
  let direct: Node
  let proxied: Node
  before(async () => {
    postgres = running.use(await startOwnPostgres({ max_connections: '40' }))
    database = databaseAt(postgres.url)
    proxy = running.use(await startProxy(postgres.url))
    const env = { RATE_LIMITS: 'off' }
    direct = running.use(await startNode(database, env))
    proxied = running.use(await startNode(databaseAt(proxy.through(postgres.url)), env))
  })
  after(() => running.disposeAsync())

  /** Each gives how it ends. */
  const ways: [how: string, node: () => Node, begin: () => Promise<() => void | Promise<void>>][] = [
    [
      'was stopped, and refuses connections',
      () => direct,
      async () => {
        await postgres.stopImmediately()
        return postgres.start
      },
    ],
    [
      'is frozen, and holds its connections',
      () => direct,
      async () => {
        await postgres.freeze()
        return postgres.thaw
      },
    ],
    [
      'is starting up',
      () => direct,
      async () => {
        await postgres.stopImmediately()
        const starting = await refusingServer(Number(new URL(postgres.url).port), '57P03')
        return async () => {
          await starting[Symbol.asyncDispose]()
          await postgres.start()
        }
      },
    ],
    ['has too many connections', () => direct, () => takeAllConnections(postgres.url)],
    [
      'is cut off',
      () => proxied,
      async () => {
        proxy.cut()
        return proxy.restore
      },
    ],
    [
      'is behind a network that swallows all',
      () => proxied,
      async () => {
        proxy.hold()
        return proxy.restore
      },
    ],
  ]
  for (const [how, nodeOf, begin] of ways) {
    it(`${how}: 503 within 3 s, tokens checked, serving within 5 s of its return`, async () => {
      const node = nodeOf()
      const admin = await node.login(ADMIN.email, ADMIN.password)
      const user = await node.register()
      const end = await begin()
      try {
        await Promise.all(requestsOf(user, admin).map((request) => assertUnavailable(node, request)))
        const many = Array.from({ length: AT_ONCE }, () => requestsOf(user, admin))
          .flat()
          .slice(0, AT_ONCE)
        await Promise.all([...many.map((request) => assertUnavailable(node, request)), assertChecksTokens(node, user)])
      } finally {
        await end()
      }
      const serves = async () => {
        const answers = await Promise.all(requestsOf(user, admin).map(([...request]) => node.statusOf(...request)))
        return answers.every((status) => status < 300)
      }
      await eventually(serves, 'everything is served', PROMISED_BACK_SECONDS)
      assert.equal(node.child.exitCode, null)
      assert.doesNotMatch(node.output(), /unexpected error|uncaught/)
      // What a library writes by itself is no line of the log.
      for (const line of node.output().trim().split('\n')) assert.ok(JSON.parse(line).level, line)
    })
  }
})

type Request = Parameters<Node['statusOf']>

/** Some of each kind, all of which need the database. */
const requestsOf = ({ id, email, token, refreshToken }: Account, admin: Account): Request[] => [
  ['GET', '/readyz'],
  ['GET', '/userdetails', token],
  ['GET', '/moviedata', token],
  ['POST', '/login', undefined, { email, password: PASSWORD }],
  ['POST', '/refresh', undefined, { refreshToken }],
  ['POST', '/register', undefined, { email: freshEmail(), password: PASSWORD }],
  ['PUT', '/userdetails/password', token, { currentPassword: PASSWORD, newPassword: PASSWORD }],
  ['PUT', `/users/${id}/roles/user`, admin.token],
  ['PATCH', `/users/${id}`, admin.token, { name: 'Somebody' }],
  ['GET', '/users?limit=1', admin.token],
]

async function assertUnavailable({ send }: Node, request: Request): Promise<void> {
  const what = `${request[0]} ${request[1]}`
  const startedAt = performance.now()
  const answer = await send(...request)
  const body = (await answer.json()) as { code: string; checks?: Record<string, string> }
  const ms = performance.now() - startedAt
  assert.equal(answer.status, 503, what)
  assert.equal(answer.headers.get('retry-after'), '1', what)
  assert.equal(body.code, 'unavailable', what)
  assert.ok(ms <= PROMISED_MS, `${what} took ${Math.round(ms)} ms`)
  if (request[1] === '/readyz') assert.deepEqual(body.checks, { ...ALL_WELL, database: 'failed' })
}

async function assertChecksTokens(node: Node, { token }: Account): Promise<void> {
  for (let round = 0; round < 10; round++) {
    assert.equal(await node.statusOf('GET', '/verify', token), 204)
    assert.equal(await node.statusOf('GET', '/verify', `${token}x`), 401)
    assert.equal(await node.statusOf('GET', '/verify?role=admin', token), 403)
    assert.equal(await node.statusOf('GET', '/userdetails', `${token}x`), 401)
    assert.equal(await node.statusOf('GET', '/users', token), 403)
  }
}

/** Until nobody else has one, or can get one. */
async function takeAllConnections(url: string): Promise<() => Promise<void>> {
  const takers: pg.Client[] = []
  for (let quietRounds = 0; quietRounds < 3; ) {
    const before = takers.length
    await takeWhatIsFree(takers, url)
    const isQuiet = takers.length === before && (await endOthers(takers)) === 0
    quietRounds = isQuiet ? quietRounds + 1 : 0
  }
  return async () => void (await Promise.all(takers.map((taker) => taker.end())))
}

async function takeWhatIsFree(takers: pg.Client[], url: string): Promise<void> {
  for (;;) {
    const client = new pg.Client(url)
    try {
      await client.connect()
    } catch {
      return
    }
    takers.push(client)
  }
}

async function endOthers(takers: readonly pg.Client[]): Promise<number> {
  const pids = takers.map((taker) => (taker as pg.Client & { processID: number }).processID)
  const others = "backend_type = 'client backend' AND pid <> ALL ($1)"
  const ended = await takers[0]?.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`, [pids])
  return ended?.rowCount ?? 0
}
