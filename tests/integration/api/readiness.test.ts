import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { exposed } from '../../support/exposition.ts'
import { startNode } from '../../support/node.ts'
import { startProxy } from '../../support/proxy.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase, databaseAt } from '../../support/test-database.ts'
import { startTestServer, type TestServer } from '../../support/test-server.ts'

const ALL_WELL = { database: 'ok', migrations: 'ok', feed: 'ok', signingKeys: 'ok', shutdown: 'ok' }

async function failing({ get }: Pick<TestServer, 'get'>): Promise<string[]> {
  const { status, body } = await get('/readyz')
  const failed = Object.keys(body.checks).filter((name) => body.checks[name] !== 'ok')
  assert.deepEqual(Object.keys(body.checks), Object.keys(ALL_WELL))
  assert.equal(status, failed.length === 0 ? 200 : 503)
  if (failed.length > 0) assert.equal(body.code, 'unavailable')
  return failed
}

const becomes = (server: TestServer, expected: string[]) =>
  eventually(async () => String(await failing(server)) === String(expected), `failing: ${expected}`)

describe('GET /readyz', () => {
  it('names each check, and says that all is well', async () => {
    await using server = await startTestServer()
    const { status, body } = await server.get('/readyz')
    assert.equal(status, 200)
    assert.deepEqual(body, { status: 'ready', checks: ALL_WELL })
    assert.equal((await exposed(server)).sum('gatehouse_ready'), 5)
  })

  it('fails by `migrations` where one of this code is not applied, and only for that', async () => {
    await using server = await startTestServer()
    const { query } = server.database
    const [last] = await query<{ name: string }>('SELECT max(name) AS name FROM "SequelizeMeta"')
    await query('DELETE FROM "SequelizeMeta" WHERE name = $1', [last?.name])
    assert.deepEqual(await failing(server), ['migrations'])
    assert.equal((await exposed(server)).sum('gatehouse_ready', { check: 'migrations' }), 0)
    await query('INSERT INTO "SequelizeMeta" (name) VALUES ($1)', [last?.name])
    assert.deepEqual(await failing(server), [])
  })

  it('fails by `migrations` where their table is gone', async () => {
    await using server = await startTestServer()
    await server.database.query('ALTER TABLE "SequelizeMeta" RENAME TO elsewhere')
    assert.deepEqual(await failing(server), ['migrations'])
    await server.database.query('ALTER TABLE elsewhere RENAME TO "SequelizeMeta"')
    assert.deepEqual(await failing(server), [])
  })

  it('is well with migrations of a later version', async () => {
    await using server = await startTestServer()
    await server.database.query(`INSERT INTO "SequelizeMeta" (name) VALUES ('20991231000000-later.ts')`)
    assert.deepEqual(await failing(server), [])
  })

  it('fails by `signingKeys` where there is none to sign with', async () => {
    await using server = await startTestServer()
    await server.database.query(
      "UPDATE signing_keys SET state = 'previous', retired_at = now() WHERE state = 'current'",
    )
    await becomes(server, ['signingKeys'])
    await server.database.query("UPDATE signing_keys SET state = 'current', retired_at = NULL WHERE state = 'previous'")
    await becomes(server, [])
  })

  it('fails by `database`, then by `feed` too, while the database is away', async () => {
    await using stack = new AsyncDisposableStack()
    const database = await createTestDatabase()
    stack.defer(database.drop)
    const proxy = stack.use(await startProxy(database.url))
    const through = databaseAt(proxy.through(database.url))
    const env = { REVOCATION_MAX_STALENESS_SECONDS: '2' }
    const server = stack.use(await startTestServer({ database: through, env }))
    proxy.cut()
    assert.deepEqual(await failing(server), ['database'])
    await becomes(server, ['database', 'feed'])
    const { sum } = await exposed(server)
    assert.ok(sum('gatehouse_feed_silence_seconds') > 2)
    assert.ok(sum('gatehouse_database_connects_tried_total') > sum('gatehouse_database_connects_total'))
    proxy.restore()
    await becomes(server, [])
    await eventually(
      async () => (await exposed(server)).sum('gatehouse_feed_reconnects_total') === 1,
      'it listens again',
    )
  })

  it('fails by `shutdown` from the moment when a stop is under way, and everything else is still served', async () => {
    await using server = await startTestServer()
    server.leave()
    assert.deepEqual(await failing(server), ['shutdown'])
    assert.equal((await server.get('/healthz')).status, 200)
    assert.equal((await server.get('/.well-known/jwks.json')).status, 200)
  })

  it('says so to whoever is still connected when a process is told to stop', async () => {
    await using stack = new AsyncDisposableStack()
    const database = await createTestDatabase()
    stack.defer(database.drop)
    const node = stack.use(await startNode(database))
    const { port } = new URL(node.url)
    const socket = connect(Number(port), '127.0.0.1')
    const answered = text(socket)
    socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\n')
    await eventually(
      async () => socket.bytesWritten > 0 && (await node.statusOf('GET', '/readyz')) === 200,
      'it is served',
    )
    const ended = node.end('SIGTERM')
    await eventually(async () => node.output().includes('"stopping"'), 'it stops')
    socket.write('\r\n')
    const answer = await answered
    assert.match(answer, /^HTTP\/1\.1 503 /)
    assert.match(answer, /"shutdown":"failed"/)
    assert.equal(await ended, 0)
  })
})
