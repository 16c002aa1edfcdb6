import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive } from '../../../src/infrastructure/embedded-postgres/leftovers.ts'
import { type Node, startNode } from '../../support/node.ts'
import { answersIn, openConnection } from '../../support/raw-connection.ts'
import { eventually, freshEnvironment, SERVER } from '../../support/server-process.ts'
import { APP_SECRET, createTestDatabase, type TestDatabase } from '../../support/test-database.ts'

const REQUESTS = ['/healthz', '/verify', '/unknown'].map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)

const portOf = ({ url }: Node) => Number(new URL(url).port)

describe('a server that stops', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())

  /** A connection for each request, each of which had an answer and waits for the next. */
  async function keptConnections(node: Node) {
    return Promise.all(
      REQUESTS.map(async (request) => {
        const connection = await openConnection(portOf(node))
        connection.send(request)
        await eventually(async () => answersIn(connection.received()).length === 1, 'an answer')
        return { ...connection, request }
      }),
    )
  }

  it('on SIGTERM answers what still comes on connections that it has, and ends them with that', async () => {
    const node = await startNode(database)
    const connections = await keptConnections(node)
    const ended = node.end('SIGTERM')
    await wait(500)
    for (const connection of connections) {
      connection.send(connection.request)
      await connection.closed
      const [first, second] = answersIn(connection.received())
      assert.equal(first?.headers.get('connection'), 'keep-alive')
      assert.equal(second?.headers.get('connection'), 'close')
      assert.equal(second?.status, first?.status)
    }
    assert.equal(await ended, 0)
  })

  it('on SIGTERM leaves connections without a request to their time, and then ends', async () => {
    const node = await startNode(database)
    const connections = await keptConnections(node)
    const startedAt = performance.now()
    const ended = node.end('SIGTERM')
    await Promise.all(connections.map(({ closed }) => closed))
    assert.ok(performance.now() - startedAt > 2000)
    assert.equal(await ended, 0)
    assert.ok(performance.now() - startedAt < 10_000)
  })

  it('on SIGINT keeps nobody waiting', async () => {
    const node = await startNode(database)
    await keptConnections(node)
    const startedAt = performance.now()
    assert.equal(await node.end('SIGINT'), 0)
    assert.ok(performance.now() - startedAt < 4000)
  })

  it('takes new connections for SHUTDOWN_DELAY_SECONDS, says that it is not ready, and ends each with its answer', async () => {
    const node = await startNode(database, { SHUTDOWN_DELAY_SECONDS: '2' })
    const ended = node.end('SIGTERM')
    await wait(300)
    const readiness = await node.send('GET', '/readyz')
    assert.equal(readiness.status, 503)
    assert.equal(((await readiness.json()) as { checks: { shutdown: string } }).checks.shutdown, 'failed')
    const answer = await node.send('GET', '/healthz')
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('connection'), 'close')
    await wait(2200)
    await assert.rejects(node.send('GET', '/healthz'))
    assert.equal(await ended, 0)
  })
})

describe('SIGHUP', () => {
  let database: TestDatabase
  before(async () => {
    database = await createTestDatabase()
  })
  after(() => database.drop())

  it('stops nothing where it was sent by somebody', async () => {
    await using node = await startNode(database)
    node.child.kill('SIGHUP')
    await eventually(async () => node.output().includes('SIGHUP replaces worker processes'), 'it says so')
    assert.equal(await node.statusOf('GET', '/healthz'), 200)
  })

  for (const workers of [1, 2]) {
    it(`stops a server of ${workers} whose terminal is gone`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'gatehouse-terminal-'))
      const output = join(folder, 'output')
      const terminal = spawn('script', ['-qc', `exec ${process.execPath} ${SERVER} >${output}`, '/dev/null'], {
        cwd: folder,
        env: freshEnvironment({ DATABASE_URL: database.url, APP_SECRET, SHELL: '/bin/sh', WORKERS: String(workers) }),
        stdio: ['pipe', 'ignore', 'inherit'],
      })
      const pids = async () =>
        [...(await readFile(output, 'utf8')).matchAll(/"pid":(\d+),"msg":"listening"/g)].map(([, pid]) => Number(pid))
      await eventually(async () => (await pids()).length === workers, 'it serves')
      const serving = await pids()
      terminal.kill('SIGKILL')
      await once(terminal, 'exit')
      await eventually(async () => !serving.some(isAlive), 'it has stopped')
      assert.match(await readFile(output, 'utf8'), /"why":"interrupted"/)
      await rm(folder, { recursive: true })
    })
  }
})
