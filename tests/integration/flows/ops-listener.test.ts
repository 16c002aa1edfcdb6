import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { listenOps } from '../../../src/http/ops-server.ts'
import { readExposition } from '../../support/exposition.ts'
import { type Node, startNode } from '../../support/node.ts'
import { failingServer } from '../../support/server-process.ts'
import { APP_SECRET, createTestDatabase, type TestDatabase } from '../../support/test-database.ts'

describe('the listener for /metrics', () => {
  const running = new AsyncDisposableStack()
  let database: TestDatabase
  let node: Node
  let port: number
  before(async () => {
    database = await createTestDatabase()
    running.defer(database.drop)
    node = running.use(await startNode(database, { OPS_PORT: '0' }))
    port = Number(/"port":(\d+),"msg":"metrics: listening"/.exec(node.output())?.[1])
  })
  after(() => running.disposeAsync())

  const ask = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method })

  /** What is answered to bytes as they are. */
  async function sent(request: string): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(request)
    return readAll(socket)
  }

  it('answers in the format that Prometheus reads, with what the server did', async () => {
    await node.register()
    const answer = await ask('/metrics')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
    const { sum, types } = readExposition(await answer.text())
    assert.equal(sum('gatehouse_registrations_total', { result: 'ok' }), 1)
    assert.equal(sum('gatehouse_http_request_duration_seconds_count', { route: '/register', status: '201' }), 1)
    assert.ok(sum('process_resident_memory_bytes') > 0)
    assert.ok(types.size > 40)
  })

  it('takes a query along, as scrapers may send one, and HEAD', async () => {
    assert.equal((await ask('/metrics?job=x')).status, 200)
    const head = await ask('/metrics', 'HEAD')
    assert.equal(head.status, 200)
    assert.equal(await head.text(), '')
    assert.ok(Number(head.headers.get('content-length')) > 1000)
  })

  it('answers nothing else', async () => {
    for (const path of [
      '/',
      '/metrics/',
      '/Metrics',
      '/healthz',
      '/readyz',
      '/login',
      '/verify',
      '/debug',
      '//metrics',
    ]) {
      const answer = await ask(path)
      assert.equal(answer.status, 404, path)
      assert.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8')
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ask('/metrics', method)
      assert.equal(answer.status, 405, method)
      assert.equal(answer.headers.get('allow'), 'GET, HEAD')
    }
  })

  it('has the headers of every other answer', async () => {
    const { headers } = await ask('/metrics')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.ok(headers.get('x-request-id'))
    assert.equal(headers.get('access-control-allow-origin'), null)
  })

  it('is another one than the public one', async () => {
    assert.equal(await node.statusOf('GET', '/metrics'), 404)
  })

  it('cuts whoever sends too much, or nothing', async () => {
    const large = await sent(`GET /metrics HTTP/1.1\r\nHost: x\r\nX-Large: ${'a'.repeat(10_000)}\r\n\r\n`)
    assert.match(large, /^HTTP\/1\.1 431 /)
    const began = performance.now()
    const slow = await sent('GET /metrics HTTP/1.1\r\n')
    assert.match(slow, /^HTTP\/1\.1 408 /)
    assert.ok(performance.now() - began < 15_000)
  })

  it('that is taken is an error that names the variable', async () => {
    const taken = { DATABASE_URL: database.url, APP_SECRET, HOST: '127.0.0.1', OPS_PORT: String(port) }
    const { code, output } = await failingServer(taken)
    assert.equal(code, 1)
    assert.match(output, new RegExp(`EADDRINUSE.*127\\.0\\.0\\.1:${port}\\. Set OPS_PORT to another one\\.`))
  })
})

describe('what is collected', () => {
  const log = { info: () => undefined, error: (_fields: object, text: string) => void said.push(text) }
  const said: string[] = []

  it('is collected once for however many that ask at once, and anew for whoever comes later', async () => {
    let times = 0
    const expose = async () => {
      times += 1
      await wait(100)
      return { contentType: 'text/plain', text: String(times) }
    }
    const { port, close } = await listenOps({ port: 0, host: '127.0.0.1', expose, log })
    const ask = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const texts = await Promise.all(Array.from({ length: 30 }, ask))
    assert.deepEqual(new Set(texts), new Set(['1']))
    assert.equal(await ask(), '2')
    await close()
  })

  it('and cannot be is an error that says nothing, and the next scrape is tried', async () => {
    let isBroken = true
    const expose = async () => {
      if (isBroken) throw new Error('the inside')
      return { contentType: 'text/plain', text: 'fine' }
    }
    const { port, close } = await listenOps({ port: 0, host: '127.0.0.1', expose, log })
    const failed = await fetch(`http://127.0.0.1:${port}/metrics`)
    assert.equal(failed.status, 500)
    assert.doesNotMatch(await failed.text(), /inside/)
    assert.deepEqual(said, ['metrics: cannot be collected'])
    isBroken = false
    assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200)
    await close()
  })
})

describe('without OPS_PORT', () => {
  it('nothing else listens', async () => {
    await using stack = new AsyncDisposableStack()
    const database = await createTestDatabase()
    stack.defer(database.drop)
    const node = stack.use(await startNode(database))
    assert.doesNotMatch(node.output(), /metrics: listening/)
  })
})
