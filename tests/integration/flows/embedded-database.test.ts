import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { isAlive } from '../../../src/infrastructure/embedded-postgres/leftovers.ts'
import {
  eventually,
  failingServer,
  type ServerProcess,
  spawnServer,
  startServerProcess,
} from '../../support/server-process.ts'
import { PASSWORD } from '../../support/test-server.ts'

const EMAIL = 'ada@example.com'
const EMBEDDED_FILES = ['app-secret', 'database-password', 'postgres']

describe('the embedded database', () => {
  let dataDir: string
  let server: ServerProcess
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
    server = await start()
    assert.equal((await send('/register', { email: EMAIL, password: PASSWORD })).status, 201)
  })
  after(async () => {
    await server.end('SIGINT')
    await rm(dataDir, { recursive: true, force: true })
  })

  const start = () => startServerProcess({ DATA_DIR: dataDir })

  function send(path: string, json: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' }
    return fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(json) })
  }

  const knowsAda = async () => (await send('/login', { email: EMAIL, password: PASSWORD })).status === 200

  async function postmaster(): Promise<number> {
    const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')
    return Number(text.split('\n')[0])
  }

  it('stops with the server, and keeps everything for the next start', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const pid = await postmaster()
      assert.equal(await server.end(signal), 0)
      assert.equal(isAlive(pid), false)
      assert.match(await readFile(join(dataDir, 'postgres.log'), 'utf8'), /database system is shut down/)
      server = await start()
      assert.ok(await knowsAda())
    }
  })

  it('shows the administrator only at the first start', () => {
    assert.doesNotMatch(server.output(), /password {2}/)
  })

  it('keeps its secrets from everybody else', async () => {
    for (const file of ['app-secret', 'database-password', 'postgres.log']) {
      assert.equal((await stat(join(dataDir, file))).mode & 0o077, 0, file)
    }
    assert.equal((await stat(join(dataDir, 'postgres'))).mode & 0o077, 0)
  })

  it('is taken over from a killed server', async () => {
    const left = await postmaster()
    await server.end('SIGKILL')
    assert.equal(isAlive(left), true)
    server = await start()
    assert.equal(isAlive(left), false)
    assert.ok(await knowsAda())
  })

  it('starts where it was killed together with the server', async () => {
    const left = await postmaster()
    const bystander = spawn('sleep', ['60'], { cwd: join(dataDir, 'postgres') })
    await server.end('SIGKILL')
    process.kill(left, 'SIGKILL')
    server = await start()
    assert.ok(await knowsAda())
    assert.ok(bystander.kill(), 'whoever else stands in the folder is left alone')
  })

  it('starts where its lock file names a process that is somebody else', async () => {
    await server.end('SIGINT')
    const lines = [process.pid, join(dataDir, 'postgres'), 0, 5432, '', '127.0.0.1', '0 0', 'ready']
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`)
    server = await start()
    assert.ok(await knowsAda())
  })

  it('is started again, on its port, where it dies under a running server', async () => {
    const killed = await postmaster()
    process.kill(killed, 'SIGKILL')
    await eventually(async () => (await postmaster()) !== killed && knowsAda(), 'the database is back')
    assert.equal(server.child.exitCode, null)
  })

  it('is left whole by a stop or a kill in the middle of its making', async () => {
    const youngDir = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
    const has = (path: string) => async () => globSync(path, { cwd: youngDir }).length > 0
    for (const [signal, moment] of [
      ['SIGKILL', 'postgres.new-*'],
      ['SIGTERM', 'postgres.log'],
      ['SIGKILL', 'postgres.log'],
    ] as const) {
      const young = spawnServer({ DATA_DIR: youngDir })
      const exited = once(young, 'exit')
      await eventually(has(moment), `${moment} is there`)
      young.kill(signal)
      const [code] = await exited
      assert.equal(code, signal === 'SIGTERM' ? 0 : null)
      await rm(join(youngDir, 'postgres.log'), { force: true })
    }
    await using grown = await startServerProcess({ DATA_DIR: youngDir })
    assert.equal((await fetch(`${grown.url}/readyz`)).status, 200)
    assert.deepEqual(
      (await readdir(youngDir)).filter((name) => !name.startsWith('postgres.log')).sort(),
      EMBEDDED_FILES,
    )
    assert.equal(await grown.end('SIGINT'), 0)
    await rm(youngDir, { recursive: true, force: true })
  })

  it('is made although the initdb of a server that was killed is still writing', async () => {
    const youngDir = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
    const killed = spawn('true')
    await once(killed, 'exit')
    const left = join(youngDir, `postgres.new-${killed.pid}`, 'data')
    await mkdir(left, { recursive: true })
    const writing = 'i=0; while : >$i; do i=$((i+1)); done'
    const initdb = spawn('timeout', ['2', 'sh', '-c', writing], { cwd: left, stdio: 'ignore' })
    await using young = await startServerProcess({ DATA_DIR: youngDir })
    assert.equal((await fetch(`${young.url}/readyz`)).status, 200)
    assert.deepEqual(globSync('postgres.new-*', { cwd: youngDir }), [])
    initdb.kill()
    assert.equal(await young.end('SIGINT'), 0)
    await rm(youngDir, { recursive: true, force: true })
  })

  it('is refused to a second server, and given to one with other data', async () => {
    const refused = await failingServer({ DATA_DIR: dataDir })
    assert.equal(refused.code, 1)
    assert.match(refused.output, /Another server is running on the data in/)
    assert.ok(await knowsAda())

    const otherDir = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
    await using other = await startServerProcess({ DATA_DIR: otherDir })
    assert.equal((await fetch(`${other.url}/readyz`)).status, 200)
    assert.ok(await knowsAda())
    assert.equal(await other.end('SIGINT'), 0)
    await rm(otherDir, { recursive: true, force: true })
  })

  it('is left alone where the port of the server is taken', async () => {
    const refused = await failingServer({ DATA_DIR: dataDir, PORT: new URL(server.url).port })
    assert.equal(refused.code, 1)
    assert.match(refused.output, /EADDRINUSE.*Set PORT to another one/)
    assert.ok(await knowsAda())
  })

  it('is not even made where the configuration is wrong', async () => {
    const otherDir = join(dataDir, 'never-made')
    const refused = await failingServer({ DATA_DIR: otherDir, BCRYPT_COST: 'high', LOG_LEVEL: 'loud' })
    assert.equal(refused.code, 2)
    assert.match(refused.output, /BCRYPT_COST must be.*LOG_LEVEL must be/s)
    await assert.rejects(stat(otherDir))
  })

  it('takes the first administrator that is configured, and never prints their password', async (t) => {
    const otherDir = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
    t.after(() => rm(otherDir, { recursive: true, force: true }))
    const admin = { email: 'root@example.com', password: 'a password of my own choice' }
    const env = { DATA_DIR: otherDir, ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password }
    await using other = await startServerProcess(env)
    const headers = { 'content-type': 'application/json' }
    const login = await fetch(`${other.url}/login`, { method: 'POST', headers, body: JSON.stringify(admin) })
    assert.match(await login.text(), /"roles":\["admin","user"\]/)
    await eventually(async () => other.output().includes(admin.email), 'the administrator is printed')
    assert.ok(!other.output().includes(admin.password))
  })

  it('refuses a weak first administrator with the name of the variable', async () => {
    const otherDir = await mkdtemp(join(tmpdir(), 'gatehouse-embedded-'))
    const refused = await failingServer({ DATA_DIR: otherDir, ADMIN_PASSWORD: 'password1' })
    assert.equal(refused.code, 2)
    assert.match(refused.output, /ADMIN_PASSWORD is too easy to guess/)
    assert.doesNotMatch(refused.output, /password1/)
    await rm(otherDir, { recursive: true, force: true })
  })
})
