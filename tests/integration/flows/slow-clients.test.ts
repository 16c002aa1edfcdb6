import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createHttpServer } from '../../../src/http/http-server.ts'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { answersIn, openConnection, type RawConnection } from '../../support/raw-connection.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const user = await registered(server)

const OF_EACH_KIND = 72
const CUT_MS = 15_000
const HEAD_CUT_MS = 10_000
/** For a machine that has other things to do, too. */
const MARGIN_MS = 2_000

/** Events, of 2 kB. */
const EXPORTED = 10_000
const LAST_CHUNK = '\r\n0\r\n\r\n'

const json = 'Host: x\r\nContent-Type: application/json\r\n'
const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'

/** What each kind sends at once, and what it goes on with, a piece a second. */
const kinds: Record<string, { first: string; more: string; statuses: number[] }> = {
  'says nothing': { first: '', more: '', statuses: [400] },
  'sends half a head': { first: 'GET /healthz HTTP/1.1\r\nHost', more: '', statuses: [400] },
  'sends a head in pieces': { first: 'GET /healthz HTTP/1.1\r\nX: ', more: 'x', statuses: [400] },
  'sends a second head in pieces': { first: `${health}GET /`, more: 'x', statuses: [200, 400] },
  'sends a body in pieces': {
    first: `POST /login HTTP/1.1\r\n${json}Content-Length: 99\r\n\r\n`,
    more: ' ',
    statuses: [400],
  },
  'sends chunks in pieces': {
    first: `POST /login HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\n`,
    more: '1\r\n \r\n',
    statuses: [400],
  },
  'sends a body in pieces when it is answered': {
    first: `POST /userdetails HTTP/1.1\r\n${json}Content-Length: 99\r\n\r\n`,
    more: ' ',
    statuses: [401],
  },
}

describe('500 slow clients', () => {
  describe('at once', { concurrency: true }, () => {
    for (const [kind, { first, more, statuses }] of Object.entries(kinds)) {
      const cutMs = kind.includes('head') || first === '' ? HEAD_CUT_MS : CUT_MS
      it(`of which one ${kind} is cut within ${cutMs / 1000} s`, async () => {
        const connections = await open(OF_EACH_KIND, first)
        const opened = performance.now()
        const closed = Promise.all(connections.map((connection) => connection.closed))
        while ((await Promise.race([closed, wait(1000)])) === undefined && performance.now() - opened < 2 * CUT_MS) {
          for (const { socket, send } of connections) if (socket.writable) send(more)
        }
        assert.ok(performance.now() - opened < cutMs + MARGIN_MS)
        for (const connection of connections) {
          assert.deepEqual(
            answersIn(connection.received()).map(({ status }) => status),
            statuses,
          )
        }
      })
    }

    it('of which one reads nothing of a long answer is cut within 15 s', async () => {
      const connections = await exporting(4, 'stuck')
      for (const { socket } of connections) socket.pause()
      await wait(CUT_MS)
      const lines = linesOf('GET', '/audit/export', 200).filter(({ requestId }) => requestId === 'stuck')
      assert.equal(lines.length, connections.length)
      for (const { ms } of lines) assert.ok(ms < CUT_MS, `${ms} ms`)
      for (const { socket } of connections) socket.resume()
      await Promise.all(connections.map(({ closed }) => closed))
      for (const { received } of connections) assert.ok(!received().endsWith(LAST_CHUNK))
    })

    it('leave others alone', async () => {
      const end = performance.now() + CUT_MS
      let rounds = 0
      for (; performance.now() < end; rounds += 1) {
        assert.equal((await server.get('/healthz')).status, 200)
        assert.equal((await server.get('/userdetails', user.token)).status, 200)
        assert.equal((await server.get('/verify', user.token)).status, 204)
        assert.equal((await server.post('/login', { email: user.email, password: PASSWORD })).status, 200)
        await wait(50)
      }
      assert.ok(rounds > 10, `${rounds} rounds`)
    })

    it('are not those who read slowly', async () => {
      const [connection] = await exporting(1, 'steady')
      assert.ok(connection)
      const { socket, received } = connection
      const untilReceived = async (isEnough: () => boolean) => {
        while (!isEnough()) {
          assert.equal(socket.closed, false, 'it is cut')
          await wait(10)
        }
      }
      // Together shorter than the time that is given: of what is taken out of the buffers between, which hold 20 MB and
      // more, the server notices nothing before much of them is free.
      for (let pause = 0; pause < 2; pause++) {
        socket.pause()
        await wait(2500)
        const before = received().length
        socket.resume()
        await untilReceived(() => received().length >= before + 1_000_000)
      }
      await untilReceived(() => received().endsWith(LAST_CHUNK))
      assert.equal(received().split('"action"').length - 1, EXPORTED)
      socket.destroy()
    })

    it('are not those who wait for us', async () => {
      const slow = createHttpServer({ request: () => undefined })
      const port = await slow.listen(0, '127.0.0.1')
      slow.serve((_req, res) => void setTimeout(() => res.end('late'), 10_000))
      assert.equal(await (await fetch(`http://127.0.0.1:${port}`)).text(), 'late')
      await slow.close({ atOnce: true })
    })
  })

  it('have one line each in the log', () => {
    assert.equal(linesOf('', null, 400).length, 4 * OF_EACH_KIND)
    assert.equal(linesOf('POST', '/login', 400).length, 2 * OF_EACH_KIND)
    assert.equal(linesOf('POST', '/userdetails', 401).length, OF_EACH_KIND)
  })
})

function linesOf(method: string, route: string | null, status: number): { ms: number; requestId: string }[] {
  const lines = server.logLines.map((line) => JSON.parse(line))
  return lines.filter((line) => line.method === method && line.route === route && line.status === status)
}

/** Connections on which a long answer has begun. */
async function exporting(count: number, requestId: string): Promise<RawConnection[]> {
  const subject = crypto.randomUUID()
  await server.database.query(
    `INSERT INTO audit_events (id, action, subject_id, details)
     SELECT gen_random_uuid(), 'login', $1, jsonb_build_object('x', repeat('x', 2000)) FROM generate_series(1, $2::int)`,
    [subject, EXPORTED],
  )
  const headers = `Host: x\r\nX-Request-Id: ${requestId}\r\nAuthorization: Bearer ${admin.token}\r\n`
  return open(count, `GET /audit/export?subject=${subject} HTTP/1.1\r\n${headers}\r\n`)
}

async function open(count: number, first: string): Promise<RawConnection[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const connection = await openConnection(server.port)
      if (first !== '') connection.send(first)
      return connection
    }),
  )
}
