import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { freePort } from '../../../src/infrastructure/embedded-postgres/free-port.ts'
import { missing, nginxBalancer } from '../../support/gateway.ts'
import { startNode } from '../../support/node.ts'
import { restartInTurn } from '../../support/rolling.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase } from '../../support/test-database.ts'

/** That of prepare-database.ts. */
const ADVISORY_LOCK = 0x6761_7465

describe('two nodes behind nginx', () => {
  it('are restarted in turn without a failed request', { skip: missing(nginxBalancer) }, async () => {
    const { answered, failed } = await restartInTurn(4)
    assert.deepEqual(failed, [])
    assert.ok(answered > 100, `${answered} answers`)
  })
})

describe('a node that starts', () => {
  it('accepts nobody before it can serve, so that a balancer asks another', async () => {
    const database = await createTestDatabase()
    const port = await freePort()
    const lockHolder = new pg.Client({ connectionString: database.url, application_name: 'lock holder' })
    await lockHolder.connect()
    await lockHolder.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK])
    const starting = startNode(database, { PORT: String(port) })
    const others = 'pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
    await eventually(
      async () => (await database.count(`${others} AND application_name <> 'lock holder'`)) > 0,
      'it waits',
    )
    await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
    await lockHolder.end()
    const node = await starting
    assert.equal(await node.statusOf('GET', '/healthz'), 200)
    await node.end('SIGINT')
    await database.drop()
  })
})
