import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type Account, freshEmail } from '../../support/accounts.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { readExposition } from '../../support/exposition.ts'
import { type Node, startNode } from '../../support/node.ts'
import { type OwnPostgres, startOwnPostgres, startStandbyOf } from '../../support/own-postgres.ts'
import { eventually } from '../../support/server-process.ts'
import { databaseAt, type TestDatabase } from '../../support/test-database.ts'
import { ADMIN, PASSWORD } from '../../support/test-server.ts'

const ROUNDS = 40

describe('two nodes with two replicas', () => {
  const running = new AsyncDisposableStack()
  let primary: OwnPostgres
  let standbys: readonly [OwnPostgres, OwnPostgres]
  let database: TestDatabase
  let nodes: readonly [Node, Node]
  let metricsUrl: string
  let admin: Account

  before(async () => {
    primary = running.use(await startOwnPostgres())
    database = databaseAt(primary.url)
    // What there is before the replicas are, for the copies to have it.
    await (await startNode(database)).end('SIGINT')
    standbys = [running.use(await startStandbyOf(primary)), running.use(await startStandbyOf(primary))]
    const env = { DATABASE_REPLICA_URLS: standbys.map(({ url }) => url).join(','), OPS_PORT: '0' }
    nodes = [running.use(await startNode(database, env)), running.use(await startNode(database, env))]
    const port = /"port":(\d+),"msg":"metrics: listening"/.exec(nodes[0].output())?.[1]
    metricsUrl = `http://127.0.0.1:${port}/metrics`
    admin = await nodes[0].login(ADMIN.email, ADMIN.password)
  })
  after(() => running.disposeAsync())

  const hostOf = ({ url }: OwnPostgres) => new URL(url).host
  const metrics = async () => readExposition(await (await fetch(metricsUrl)).text())
  const isUsed = async (standby: OwnPostgres) =>
    (await metrics()).sum('gatehouse_replica_used', { replica: hostOf(standby) }) === 1
  const areUsed = async () => (await isUsed(standbys[0])) && (await isUsed(standbys[1]))
  const answered = async () => {
    const { sum } = await metrics()
    return ['replica', 'primary'].map((server) => sum('gatehouse_replica_reads_total', { server }))
  }
  const films = (node: Node) => node.statusOf('GET', '/moviedata', admin.token)
  const users = (node: Node) => node.statusOf('GET', '/users', admin.token)

  beforeEach(() => eventually(areUsed, 'both replicas are used'))

  it('answer lists, exports and films from the replicas, and nothing else', async () => {
    const [before] = await answered()
    const lists = ['/users', '/roles', '/audit', '/audit/export', '/sessions', '/moviedata', '/userdetails/export']
    for (const path of lists) assert.equal(await nodes[0].statusOf('GET', path, admin.token), 200, path)
    const [after, byPrimary] = await answered()
    // An export of an account is two reads.
    assert.ok((after ?? 0) >= (before ?? 0) + lists.length)
    for (const path of ['/userdetails', `/users/${admin.id}`]) await nodes[0].statusOf('GET', path, admin.token)
    assert.deepEqual(await answered(), [after, byPrimary])
  })

  it('show everybody what was written before, on either node', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [writing, reading] = round % 2 === 0 ? nodes : [nodes[1], nodes[0]]
      const { email, id } = await writing.register()
      const found = await reading.send('GET', `/users?q=${encodeURIComponent(email)}`, admin.token)
      const { items } = (await found.json()) as { items: { id: string }[] }
      assert.deepEqual(
        items.map((user) => user.id),
        [id],
      )
    }
    const [byReplica = 0] = await answered()
    assert.ok(byReplica > ROUNDS / 4, 'replicas have answered')
  })

  it('ask the primary for what a replica does not show yet, and leave it out', async (t) => {
    const paused = databaseAt(standbys[0].url)
    t.after(() => paused.query('SELECT pg_wal_replay_resume()'))
    await paused.query('SELECT pg_wal_replay_pause()')
    await eventually(
      async () => (await paused.count("pg_get_wal_replay_pause_state() AS s WHERE s = 'paused'")) === 1,
      'it is paused',
    )
    for (let round = 0; round < 10; round++) {
      const { email } = await nodes[0].register()
      const found = await nodes[0].send('GET', `/users?q=${encodeURIComponent(email)}`, admin.token)
      assert.equal(((await found.json()) as { items: unknown[] }).items.length, 1)
    }
    // Films are read from it until it is too far behind.
    await eventually(
      async () => {
        await nodes[0].register()
        return !(await isUsed(standbys[0]))
      },
      'it is left out',
      30,
    )
    await eventually(
      async () => /"reason":"it is too far behind","msg":"a replica is left out"/.test(nodes[0].output()),
      'the log says it',
    )
    assert.ok(await isUsed(standbys[1]))
  })

  const ways: [how: string, begin: (standby: OwnPostgres) => Promise<void>, end: (standby: OwnPostgres) => unknown][] =
    [
      ['is stopped', (standby) => standby.stopImmediately(), (standby) => standby.start()],
      ['is frozen', (standby) => standby.freeze(), (standby) => standby.thaw()],
    ]
  for (const [how, begin, end] of ways) {
    it(`answer as ever while a replica ${how}, and use it again afterwards`, async () => {
      await begin(standbys[1])
      const ask = async () => [...(await Promise.all([films(nodes[0]), users(nodes[0])])), await films(nodes[1])]
      for (let round = 0; round < 10; round++) assert.deepEqual(await ask(), [200, 200, 200])
      await eventually(async () => !(await isUsed(standbys[1])), 'it is left out')
      assert.ok(await isUsed(standbys[0]))
      await end(standbys[1])
      await eventually(areUsed, 'both are used again')
    })
  }

  it('show lists and films while the primary is away, and write nothing', async () => {
    const last = await nodes[0].register()
    assert.equal(await users(nodes[0]), 200)
    await primary.stopImmediately()
    const found = await nodes[0].send('GET', `/users?q=${encodeURIComponent(last.email)}`, admin.token)
    assert.equal(((await found.json()) as { items: unknown[] }).items.length, 1)
    assert.equal(await films(nodes[0]), 200)
    const registration = { email: freshEmail(), password: PASSWORD }
    assert.equal(await nodes[0].statusOf('POST', '/register', undefined, registration), 503)
    await primary.start()
    await eventually(async () => (await nodes[0].statusOf('GET', '/readyz')) === 200, 'the primary is back')
  })

  it('serve the export of the command line, too', async () => {
    const urls = standbys.map(({ url }) => url).join(',')
    const { code, output } = await runCli(['audit', 'export'], {
      ...cliEnvironment(database),
      DATABASE_REPLICA_URLS: urls,
    })
    assert.equal(code, 0)
    assert.match(output, /"action":"registered"/)
  })

  it('do not use a server that is no standby', async () => {
    await using node = await startNode(database, { DATABASE_REPLICA_URLS: primary.url })
    await eventually(
      async () => /"it is no standby","msg":"a replica is left out"/.test(node.output()),
      'it is left out',
    )
    for (const path of ['/users', '/moviedata']) assert.equal(await node.statusOf('GET', path, admin.token), 200)
  })
})
