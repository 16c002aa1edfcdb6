import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import pg from 'pg'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { answersIn, answersTo, openConnection } from '../../support/raw-connection.ts'
import { eventually } from '../../support/server-process.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const user = await registered(server)

const GARBAGE = 'GARBAGE\r\n\r\n'
const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
const authorized = (first: string, token = user.token) =>
  `${first} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`

/** Sent as chunks, of which the second is none. */
const broken = (path: string) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n`

describe('on one connection', () => {
  let from = 0
  beforeEach(() => {
    from = server.logLines.length
  })

  /** Method, route and status of every request since the test began. */
  function logged() {
    const lines = server.logLines.slice(from).map((line) => JSON.parse(line))
    return lines.filter(({ msg }) => msg === 'request').map(({ method, route, status }) => [method, route, status])
  }

  const statusesOf = async (bytes: string) => (await answersTo(server.port, bytes)).map(({ status }) => status)

  it('what cannot be parsed is answered once, as a problem with the id of its one line in the log', async () => {
    const [answer, ...more] = await answersTo(server.port, GARBAGE.repeat(3))
    assert.equal(more.length, 0)
    assert.equal(answer?.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    assert.equal(answer?.headers.get('connection'), 'close')
    assert.ok(Math.abs(Date.parse(answer?.headers.get('date') ?? '') - Date.now()) < 60_000)
    const problem = JSON.parse(answer?.body ?? '')
    assert.equal(problem.code, 'invalid_request')
    assert.equal(problem.requestId, answer?.headers.get('x-request-id'))
    const { time, ...line } = JSON.parse(server.logLines[from] ?? '')
    assert.deepEqual(line, {
      ...{ level: 30, requestId: problem.requestId, method: '', route: null },
      ...{ status: 400, ms: 0, userId: null, msg: 'request' },
    })
    assert.equal(logged().length, 1)
  })

  it('a CONNECT keeps its request id', async () => {
    const [answer] = await answersTo(server.port, 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\nX-Request-Id: mine\r\n\r\n')
    assert.equal(answer?.headers.get('x-request-id'), 'mine')
    assert.deepEqual(logged(), [['CONNECT', null, 400]])
  })

  it('half a request is refused when its client says that this was all', async () => {
    const connection = await openConnection(server.port)
    connection.socket.end('GET /healthz HTTP/1.1\r\nHo')
    await connection.closed
    assert.deepEqual(
      answersIn(connection.received()).map(({ status }) => status),
      [400],
    )
  })

  it('a client that leaves is no request', async () => {
    for (const sent of ['', 'GET /healthz HTTP/1.1\r\nHo']) {
      const connection = await openConnection(server.port)
      connection.send(sent)
      await server.get('/healthz')
      connection.socket.resetAndDestroy()
      await connection.closed
      await server.get('/healthz')
    }
    assert.deepEqual(new Set(logged().map(([, route]) => route)), new Set(['/healthz']))
  })

  it('a refusal waits for the answers before it', async () => {
    await using running = new AsyncDisposableStack()
    const transaction = running.adopt(new pg.Client({ connectionString: server.database.url }), (client) =>
      client.end(),
    )
    await transaction.connect()
    await transaction.query('BEGIN; LOCK TABLE movies')
    const connection = await openConnection(server.port)
    connection.send(authorized('GET /moviedata') + HEALTH + GARBAGE)
    await eventually(async () => logged().length > 0, 'the last is refused')
    connection.send(GARBAGE)
    await server.get('/readyz')
    assert.equal(connection.received(), '')
    await transaction.query('ROLLBACK')
    await connection.closed
    assert.deepEqual(
      answersIn(connection.received()).map(({ status }) => status),
      [200, 200, 400],
    )
    assert.deepEqual(logged().toSorted(), [
      ['', null, 400],
      ['GET', '/healthz', 200],
      ['GET', '/moviedata', 200],
      ['GET', '/readyz', 200],
    ])
  })

  it('a refusal is never written into an answer that has begun', async () => {
    const subject = crypto.randomUUID()
    await server.database.query(
      `INSERT INTO audit_events (id, action, subject_id, details)
       SELECT gen_random_uuid(), 'login', $1, jsonb_build_object('x', repeat('x', 2000)) FROM generate_series(1, 10000)`,
      [subject],
    )
    const connection = await openConnection(server.port)
    connection.send(authorized(`GET /audit/export?subject=${subject}`, admin.token))
    await eventually(async () => connection.received() !== '', 'the answer begins')
    connection.send(GARBAGE)
    await connection.closed
    const [, exported = '', refusal = '', ...more] = connection.received().split('HTTP/1.1 ')
    assert.equal(more.length, 0)
    assert.match(exported, /^200 OK\r\n/)
    assert.ok(exported.endsWith('\r\n0\r\n\r\n'))
    assert.equal(exported.split('"action"').length - 1, 10_000)
    assert.match(refusal, /^400 Bad Request\r\n/)
  })

  it('a body that breaks is the end of its own request, with one answer and one line', async () => {
    const [answer, ...more] = await answersTo(server.port, broken('/login') + HEALTH)
    assert.equal(more.length, 0)
    assert.equal(JSON.parse(answer?.body ?? '').requestId, answer?.headers.get('x-request-id'))
    await eventually(async () => logged().length > 0, 'the request is over')
    assert.deepEqual(logged(), [['POST', '/login', 400]])
  })

  it('a body that breaks when its request is answered changes nothing about the answer', async () => {
    assert.deepEqual(await statusesOf(broken('/userdetails') + HEALTH), [401])
    assert.deepEqual(await statusesOf(broken('/verify') + HEALTH), [401])
    await eventually(async () => logged().length === 2, 'both requests are over')
    assert.deepEqual(logged(), [
      ['POST', '/userdetails', 401],
      ['POST', '/verify', 401],
    ])
  })

  for (const [why, first, status] of [
    ['has two Host headers', 'GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
    ['has a path that cannot be read', 'GET /userdetails/%ff HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['cannot be parsed', GARBAGE, 400],
    ['offers another protocol', 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', 200],
    ['closes the connection', 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
  ] as const) {
    it(`nothing is done that comes behind a request which ${why}`, async () => {
      const [answer, ...more] = await answersTo(server.port, first + authorized('GET /verify'))
      assert.equal(answer?.status, status)
      assert.equal(answer.headers.get('connection'), 'close')
      assert.equal(more.length, 0)
      // Where /verify is answered, it is so at once, and has its line even if its answer is lost.
      assert.ok(logged().every(([, route]) => route !== '/verify'))
    })
  }
})
