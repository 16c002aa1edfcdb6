import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive } from '../../../src/infrastructure/embedded-postgres/leftovers.ts'
import { type Account, freshEmail } from '../../support/accounts.ts'
import { type Exposed, readExposition } from '../../support/exposition.ts'
import { eventually, failingServer } from '../../support/server-process.ts'
import { startSteadyLoad } from '../../support/steady-load.ts'
import { APP_SECRET, createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { PASSWORD } from '../../support/test-server.ts'
import { startWorkers, statuses, statusOnNewConnection, type WorkerSite } from '../../support/workers.ts'

const COUNT = 2

describe('a server of two processes', () => {
  let database: TestDatabase
  let site: WorkerSite
  let user: Account
  before(async () => {
    database = await createTestDatabase()
    site = await startWorkers(database, COUNT)
    user = await site.register()
  })
  after(async () => {
    await site[Symbol.asyncDispose]()
    await database.drop()
  })

  const login = () => site.statusOf('POST', '/login', undefined, { email: user.email, password: PASSWORD })
  const kill = (pid: number | undefined) => pid !== undefined && process.kill(pid, 'SIGKILL')

  it('serves with both: when one stands still, the other goes on', async () => {
    for (const pid of site.workers()) {
      process.kill(pid, 'SIGSTOP')
      let answered = 0
      const asked = Array.from({ length: 6 }, async () => {
        assert.equal(await statusOnNewConnection(site.url, user.token), 204)
        answered += 1
      })
      // It has been given one connection at most, and is given no other before it says that it has that one.
      await eventually(async () => answered >= asked.length - 1, 'the other process answers')
      process.kill(pid, 'SIGCONT')
      await Promise.all(asked)
    }
  })

  it('lets nobody in with a session that ended, on either', async () => {
    const { token } = await site.login(user.email)
    assert.deepEqual(new Set(await statuses(site.url, token)), new Set([204]))
    assert.equal(await site.statusOf('POST', '/logout', token), 204)
    await wait(200)
    assert.deepEqual(new Set(await statuses(site.url, token)), new Set([401]))
  })

  it('replaces one that is killed, and all that are killed at once', async () => {
    for (const count of [1, COUNT]) {
      const old = site.workers()
      for (const pid of old.slice(0, count)) kill(pid)
      await site.served(count, old)
      await eventually(async () => (await statuses(site.url, user.token)).every((status) => status === 204), 'served')
    }
  })

  it('rolls on SIGHUP without a failed request, and to new processes only', async () => {
    const load = startSteadyLoad(site.url, user)
    for (let round = 0; round < 3; round++) {
      const old = site.workers()
      site.child.kill('SIGHUP')
      await site.served(COUNT, old)
      await eventually(async () => old.every((pid) => !isAlive(pid)), 'the old processes have left', 30)
    }
    const { answered, failed } = await load.stop()
    assert.deepEqual(failed, [])
    assert.ok(answered > 100, `${answered} answers`)
  })

  it('makes of several SIGHUPs at once a few rolls, one process at a time', async () => {
    const old = site.workers()
    for (let count = 0; count < 5; count++) site.child.kill('SIGHUP')
    let most = 0
    await eventually(async () => {
      most = Math.max(most, site.workers().length)
      return old.every((pid) => !isAlive(pid))
    }, 'the old processes have left')
    await wait(500)
    await site.served(COUNT)
    assert.ok(most <= COUNT + 1, `${most} processes at once`)
  })

  it('ends with all its processes on SIGTERM, and answers what is under way', async () => {
    const underWay = Array.from({ length: 8 }, () => login())
    await wait(20)
    const old = site.workers()
    const ended = site.end('SIGTERM')
    assert.deepEqual(new Set(await Promise.all(underWay)), new Set([200]))
    assert.equal(await ended, 0)
    assert.ok(!old.some(isAlive))
    site = await startWorkers(database, COUNT)
  })

  it('leaves no process behind when the first is killed', async () => {
    const old = site.workers()
    await site.end('SIGKILL')
    await eventually(async () => !old.some(isAlive), 'all are gone')
    site = await startWorkers(database, COUNT)
  })
})

describe('/metrics of several processes', () => {
  let database: TestDatabase
  let site: WorkerSite
  before(async () => {
    database = await createTestDatabase()
    site = await startWorkers(database, COUNT, { OPS_PORT: '0' })
  })
  after(async () => {
    await site[Symbol.asyncDispose]()
    await database.drop()
  })

  async function exposed(): Promise<Exposed> {
    const port = /"port":(\d+),"msg":"metrics: listening"/.exec(site.output())?.[1]
    return readExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
  }
  const verified = ({ sum }: Exposed) =>
    sum('gatehouse_http_request_duration_seconds_count', { route: '/verify', status: '401' })

  it('counts what all of them did, once', async () => {
    await statuses(site.url, 'nothing', 30)
    const metrics = await exposed()
    assert.equal(verified(metrics), 30)
    assert.equal(metrics.sum('gatehouse_workers'), COUNT)
    assert.equal(metrics.sum('gatehouse_worker_restarts_total'), 0)
    assert.equal(metrics.sum('gatehouse_build_info'), 1)
  })

  it('loses nothing of what those counted that have left', async () => {
    await statuses(site.url, 'nothing', 10)
    const old = site.workers()
    site.child.kill('SIGHUP')
    await eventually(async () => !old.some(isAlive), 'the old processes have left', 30)
    assert.equal(verified(await exposed()), 40)
  })

  it('answers with what it knows while one of them stands still', async () => {
    const [pid = 0] = site.workers()
    process.kill(pid, 'SIGSTOP')
    assert.equal(verified(await exposed()), 40)
    process.kill(pid, 'SIGCONT')
  })

  it('keeps what was known of one that is killed, and counts that it was replaced', async () => {
    const old = site.workers()
    process.kill(old[0] ?? 0, 'SIGKILL')
    await site.served(1, old)
    const metrics = await exposed()
    assert.equal(verified(metrics), 40)
    assert.equal(metrics.sum('gatehouse_workers'), COUNT)
    assert.equal(metrics.sum('gatehouse_worker_restarts_total'), 1)
  })
})

describe('a server of several processes', () => {
  it('takes one free port for all where it is told 0', async () => {
    const database = await createTestDatabase()
    const site = await startWorkers(database, COUNT, { PORT: '0' })
    const ports = new Set([...site.output().matchAll(/"port":(\d+)/g)].map(([, port]) => port))
    assert.equal(ports.size, 1)
    await site[Symbol.asyncDispose]()
    await database.drop()
  })

  it('reads .env anew for each process that it replaces, and stays as it is where that is wrong', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-workers-'))
    const database = await createTestDatabase()
    const configure = (more: string) => writeFile(join(folder, '.env'), `TOKEN_AUDIENCE=https://films.test\n${more}`)
    await configure('')
    const site = await startWorkers(database, COUNT, {}, folder)
    const expiresIn = async () => {
      const answer = await site.send('POST', '/register', undefined, { email: freshEmail(), password: PASSWORD })
      return ((await answer.json()) as { expiresIn: number }).expiresIn
    }
    assert.equal(await expiresIn(), 900)

    await configure('ACCESS_TOKEN_TTL_SECONDS=60')
    const old = site.workers()
    site.child.kill('SIGHUP')
    await site.served(COUNT, old)
    await eventually(async () => old.every((pid) => !isAlive(pid)), 'the old processes have left')
    assert.equal(await expiresIn(), 60)

    await configure('ACCESS_TOKEN_TTL_SECONDS=soon')
    const young = site.workers()
    site.child.kill('SIGHUP')
    await eventually(async () => site.output().includes('the others stay'), 'it says so')
    assert.deepEqual(site.workers(), young)
    assert.equal(await expiresIn(), 60)

    process.kill(young[0] ?? 0, 'SIGKILL')
    const attempts = () => site.output().split('a worker process ended by itself').length - 1
    await wait(4000)
    assert.ok(attempts() < 8, `${attempts()} attempts, each after a longer pause`)
    await eventually(async () => attempts() > 2, 'it is tried again')
    assert.equal(await expiresIn(), 60)
    await configure('ACCESS_TOKEN_TTL_SECONDS=70')
    await site.served(COUNT)
    await site[Symbol.asyncDispose]()
    await database.drop()
    await rm(folder, { recursive: true })
  })
})

describe('a server of several processes that cannot start', () => {
  it('says once that the port is taken, and ends', async () => {
    const database = await createTestDatabase()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const env = { DATABASE_URL: database.url, APP_SECRET, HOST: '127.0.0.1', PORT: String(port), WORKERS: '3' }
    const { code, output } = await failingServer(env)
    other.close()
    await database.drop()
    assert.equal(code, 1)
    assert.equal(output.split('EADDRINUSE').length - 1, 1, output)
    assert.match(output, /Set PORT to another one/)
  })

  it('ends with 2 where only a process finds out that the configuration is not right', async () => {
    const database = await createTestDatabase({ empty: true })
    const admin = { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'password' }
    const { code, output } = await failingServer({ DATABASE_URL: database.url, APP_SECRET, WORKERS: '2', ...admin })
    await database.drop()
    assert.equal(code, 2)
    assert.match(output, /ADMIN_PASSWORD/)
  })
})
