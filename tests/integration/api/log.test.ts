import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventually } from '../../support/server-process.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()

/** The log's lines of the requests that `work` sends, as soon as there are so many. */
async function linesOf(count: number, work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const from = server.logLines.length
  const ofRequests = () => server.logLines.slice(from).filter((line) => line.includes('"requestId"'))
  await work()
  await eventually(async () => ofRequests().length >= count, `${count} lines`)
  return ofRequests().map((line) => {
    assert.match(line, /^\{[ -~]*\}\n$/)
    return JSON.parse(line)
  })
}

describe('the log', () => {
  it('has one line a request: who, which route, what came of it', async () => {
    const { id, token } = await registered(server)
    const [forbidden, unknown, ...more] = await linesOf(2, async () => {
      await server.send('GET', `/users/${id}/roles`, { token, headers: { 'x-request-id': 'asked-4711' } })
      await server.get('/nowhere')
    })
    assert.deepEqual(more, [])
    const { time, ms, ...rest } = forbidden ?? {}
    const who = { requestId: 'asked-4711', userId: id }
    assert.deepEqual(rest, { level: 30, ...who, method: 'GET', route: '/users/:id/roles', status: 403, msg: 'request' })
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(Number(ms) >= 0)
    assert.equal(unknown?.route, null)
    assert.equal(unknown?.userId, null)
  })

  it('has a line of every refusal: whom, and of what', async () => {
    const { id, token } = await registered(server)
    const lines = await linesOf(5, async () => {
      await server.get('/users', token)
      await server.get('/verify?role=admin', token)
      await server.get('/userdetails', `${token}x`)
      await server.get('/sessions')
      await server.post('/login', { email: 'nobody@example.com', password: PASSWORD })
    })
    assert.deepEqual(
      lines.map(({ route, status, userId }) => [route, status, userId]),
      [
        ['/users', 403, id],
        ['/verify', 403, id],
        ['/userdetails', 401, null],
        ['/sessions', 401, null],
        ['/login', 401, null],
      ],
    )
  })

  it('has a line of what nobody expected, with the same id as the answer', async () => {
    const { token } = await loggedInAdmin(server)
    await server.database.query('ALTER TABLE roles RENAME TO gone')
    let requestId: string | null = null
    const [error, request] = await linesOf(2, async () => {
      requestId = (await server.get('/roles', token)).headers.get('x-request-id')
    })
    await server.database.query('ALTER TABLE gone RENAME TO roles')
    assert.equal(error?.level, 50)
    assert.equal(error?.requestId, requestId)
    assert.equal(request?.requestId, requestId)
    assert.equal(request?.status, 500)
  })

  it('has a line of a request whose client left', async () => {
    const [line, ...more] = await linesOf(1, async () => {
      const socket = connect(server.port, '127.0.0.1')
      socket.write('POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{')
      await setTimeout(50)
      socket.destroy()
    })
    assert.deepEqual(more, [])
    assert.equal(line?.route, '/login')
    assert.ok(line?.status === null || line?.status === 400)
  })

  const HOSTILE = [
    '"',
    '\\',
    '\\n{}',
    '\\u000a',
    '%0d%0a',
    '%1b[31m',
    '\u2028',
    '\u0085',
    '\u009b31m',
    '%',
    '%s%o',
    "'",
  ]
  for (const hostile of HOSTILE) {
    it(`is one line of the same fields, whatever holds ${JSON.stringify(hostile)}`, async () => {
      // As bytes of UTF-8, which `raw` writes as they are. Node's parser takes ASCII only in a path.
      const sent = Buffer.from(hostile).toString('latin1')
      const path = sent.replaceAll(/[^!-~]/g, (it) => `%${it.charCodeAt(0).toString(16)}`)
      const body = JSON.stringify({ email: hostile, password: `\u001b[31m\n${hostile}` })
      const length = Buffer.byteLength(body)
      const close = 'Connection: close\nHost: x'
      const requests = [
        `GET /x${path} HTTP/1.1\n${close}\n\n`,
        `GET /moviedata/${path}?${path}=${path} HTTP/1.1\n${close}\nAuthorization: Bearer ${sent}\n\n`,
        `GET /healthz HTTP/1.1\n${close}\nUser-Agent: ${sent}\nReferer: ${sent}\nCookie: a=${sent}\nX-Request-Id: ${sent}\n\n`,
        `GET /verify?role=${path} HTTP/1.1\n${close}\nX-Forwarded-For: ${sent}\nAuthorization: ${sent}\n\n`,
        `GET /healthz HTTP/1.1\nHost: ${sent}\nConnection: close\n\n`,
        `POST /login HTTP/1.1\n${close}\nContent-Type: application/json\nContent-Length: ${length}\n\n${Buffer.from(body).toString('latin1')}`,
        `POST /login HTTP/1.1\n${close}\nContent-Type: ${sent}\nContent-Length: 1\n\nx`,
      ]
      for (const request of requests) {
        const lines = await linesOf(1, () => server.raw(request))
        assert.equal(lines.length, 1)
        const names = ['level', 'time', 'requestId', 'method', 'route', 'status', 'ms', 'userId', 'msg']
        assert.deepEqual(Object.keys(lines[0] ?? {}), names)
        assert.match(String(lines[0]?.requestId), /^[A-Za-z0-9._-]{1,64}$/)
      }
    })
  }

  it('never lets a client write a second line with what cannot be parsed', async () => {
    for (const request of [
      'GET /\u001b[31m HTTP/1.1\nHost: x\n\n',
      'GET / HTTP/1.1\nHost: x\nUser-Agent: a\u0000{"level":50}\n\n',
      '{"level":50,"msg":"injected"}\n\n',
    ]) {
      const lines = await linesOf(0, () => server.raw(request))
      assert.ok(lines.length <= 1)
    }
  })
})
