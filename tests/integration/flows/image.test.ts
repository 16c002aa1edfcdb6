import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { after, describe, it } from 'node:test'
import { commandOf, imageFolder } from '../../support/deploy-files.ts'
import { freshEnvironment, watchServer } from '../../support/server-process.ts'
import { APP_SECRET, createTestDatabase } from '../../support/test-database.ts'
import { PASSWORD } from '../../support/test-server.ts'

const database = await createTestDatabase({ empty: true })
after(() => database.drop())
const folder = await imageFolder()
after(() => rm(folder, { recursive: true }))

const [, ...serverArgs] = commandOf('CMD')
const [, ...checkArgs] = commandOf('HEALTHCHECK')
const env = { NODE_ENV: 'production', DATABASE_URL: database.url, APP_SECRET, HOST: '127.0.0.1', PORT: '0' }

interface OpenApi {
  paths: Record<string, { get?: { security?: object[] } }>
}

/** The image's command, on the files that the image has. */
const startImage = () => watchServer(spawn(process.execPath, serverArgs, { cwd: folder, env: freshEnvironment(env) }))

/** What the engine runs each ten seconds; gives its exit code. */
const check = (port: string) =>
  spawnSync(process.execPath, checkArgs, { env: freshEnvironment({ PORT: port }), timeout: 20_000 }).status

const filesIn = (): [string, number][] =>
  globSync('{*,.*,{config,migrations,seeders,src}/**}', { cwd: folder }).map((path): [string, number] => [
    path,
    statSync(`${folder}/${path}`).mtimeMs,
  ])

describe('the image', () => {
  it('makes its database and serves with the files that it has, says nothing but its log, and writes nothing', async () => {
    const before = filesIn()
    const server = await startImage()
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi
    const open = Object.keys(paths).filter((path) => paths[path]?.get?.security?.length === 0)
    assert.ok(open.length >= 4, open.join())
    for (const path of open) assert.ok((await fetch(server.url + path)).status < 400, path)
    const registration = { email: 'ada@example.com', password: PASSWORD }
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}/register`, {
      method: 'POST',
      headers,
      body: JSON.stringify(registration),
    })
    assert.equal(answer.status, 201)
    assert.equal(await server.end('SIGTERM'), 0)
    for (const line of server.output().trim().split('\n')) assert.equal(JSON.parse(line).level, 30, line)
    assert.deepEqual(filesIn(), before)
  })

  it('is healthy while it answers, and only then', async () => {
    const server = await startImage()
    const { port } = new URL(server.url)
    assert.equal(check(port), 0)
    await server.end('SIGINT')
    assert.equal(check(port), 1)
  })

  it('has the command line', async () => {
    const { status, stdout } = spawnSync(process.execPath, ['src/cli.ts', 'keys', 'list'], {
      cwd: folder,
      env: freshEnvironment(env),
      encoding: 'utf8',
    })
    assert.equal(status, 0)
    assert.match(stdout, / current /)
  })
})
