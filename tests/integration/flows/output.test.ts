import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import pg from 'pg'
import { findRunning } from '../../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { apiRoutes } from '../../support/contracts.ts'
import { exchange } from '../../support/exchange.ts'
import { keepTokens, markedAccount, markedAdminToken, type Send } from '../../support/marked-account.ts'
import { badRequests, goodRequest } from '../../support/marked-requests.ts'
import { createMarks, type Marks } from '../../support/marks.ts'
import { startNode } from '../../support/node.ts'
import { eventually, failingServer, startServerProcess } from '../../support/server-process.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { ADMIN } from '../../support/test-server.ts'

const contracts = (await apiRoutes()).map(({ contract }) => contract)

/** What the audit trail holds on purpose, and its export shows. */
const KEPT_OF_EVENTS = new Set(['an address', 'a role', 'the field name', 'the header user-agent'])

/** Secrets through every route, as its contract allows it and not. */
async function sendToAll(url: string, marks: Marks): Promise<void> {
  const send: Send = async (method, path, options) => {
    const answer = await exchange(url, method, path, options)
    keepTokens(marks, answer.body, answer.headers)
    return answer
  }
  const adminToken = await markedAdminToken(send, marks)
  for (const contract of contracts) {
    const account = await markedAccount(send, marks, adminToken)
    const token = typeof contract.access === 'object' ? adminToken : account.token
    const requests = [...badRequests(contract, account, token, marks), goodRequest(contract, account, token, marks)]
    for (const { method, path, options } of requests) await send(method, path, options)
  }
}

/** Something that nobody catches, in a process of ours when it hears `event`. */
const throwing = (event: string, statement: string, secret: string): Record<string, string> => ({
  SECRET: secret,
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`process.on('${event}', () => { ${statement} })`)}`,
})

describe('what a server writes', async () => {
  const database = await createTestDatabase()
  const empty = await createTestDatabase({ empty: true })
  after(() => Promise.all([database.drop(), empty.drop()]))
  const password = new URL(database.url).password

  it('has no secret, from its start to its end', async () => {
    const marks = createMarks()
    marks.keep("the database's password", password)
    const secret = marks.make('the secret of the application').padEnd(32, 'x')
    await using node = await startNode(empty, { LOG_LEVEL: 'trace', APP_SECRET: secret })
    await sendToAll(node.url, marks)
    await empty.query('ALTER TABLE users RENAME TO gone')
    await assert.rejects(sendToAll(node.url, marks))
    assert.equal(await node.end('SIGINT'), 0)
    assert.match(node.output(), /"msg":"unexpected error"/)
    assert.match(node.output(), /"msg":"stopping"/)
    assert.deepEqual(marks.foundIn(node.output()), [])
    assert.ok(!node.output().includes(ADMIN.password))
  })

  for (const [what, statement] of [
    ['an exception', "throw Object.assign(new Error('not \"SECRET\"'), { sql: 'SECRET' })"],
    ['a rejection', "Promise.reject(Object.assign(new Error('x'), { parameters: [process.env.SECRET] }))"],
    ['a rejection that is no error', 'Promise.reject(process.env.SECRET)'],
  ] as const) {
    it(`says of ${what} that nobody catches where it was, finishes, and ends with 1`, async () => {
      const marks = createMarks()
      await using node = await startNode(database, throwing('SIGUSR2', statement, marks.make('a secret')))
      node.child.kill('SIGUSR2')
      await eventually(async () => node.child.exitCode !== null, 'the server has ended')
      assert.equal(node.child.exitCode, 1)
      const line = /^\{.*"msg":"uncaught exception".*$/m.exec(node.output())?.[0] ?? ''
      assert.equal(JSON.parse(line).level, 60)
      assert.match(line, /"stack":" +at |ERR_UNHANDLED_REJECTION/)
      assert.deepEqual(marks.foundIn(node.output()), [])
    })
  }

  it('names no value of a wrong configuration', async () => {
    const marks = createMarks()
    const names = [
      ...'APP_SECRET BCRYPT_COST PORT LOG_LEVEL PUBLIC_URL CORS_ORIGINS ADMIN_EMAIL DATABASE_URL'.split(' '),
    ]
    const env = Object.fromEntries(names.map((name) => [name, marks.make(name)]))
    const { code, output } = await failingServer(env)
    assert.equal(code, 2)
    for (const name of names) assert.match(output, new RegExp(`^ {2}${name} `, 'm'))
    assert.deepEqual(marks.foundIn(output), [])
  })

  for (const [what, urlOf] of [
    ['that answers nobody', (secret: string) => `postgres://${secret}:${secret}@127.0.0.1:1/x`],
    ['that does not let it in', (secret: string) => database.url.replace(password, secret)],
    ['that has no such name', (secret: string) => database.url.replace(/:[^:@]+@[^/]+/, `:${secret}@nowhere.invalid`)],
    ['whose address cannot be read', (secret: string) => `postgres://u:${secret}%zz@127.0.0.1/x`],
    [
      'whose password is a parameter',
      (secret: string) => `postgres://127.0.0.1:1/x?password=${secret}&sslmode=${secret}`,
    ],
  ] as const) {
    it(`says nothing of how to get into a database ${what}`, async () => {
      const marks = createMarks()
      const env = {
        DATABASE_URL: urlOf(marks.make('in the address')),
        APP_SECRET: marks.make('x').padEnd(32),
        LOG_LEVEL: 'trace',
      }
      const { code, output } = await failingServer(env)
      assert.equal(code, 1)
      assert.ok(output.length > 10)
      const cli = await runCli(['keys', 'list'], env)
      assert.equal(cli.code, 1)
      assert.ok(cli.errors.length > 10)
      assert.deepEqual(marks.foundIn(output + cli.output + cli.errors), [])
    })
  }
})

describe('what the command line writes', async () => {
  const database = await createTestDatabase()
  after(() => database.drop())

  it('has no password and no token, and of events what the audit trail is for', async () => {
    const marks = createMarks()
    marks.keep("the database's password", new URL(database.url).password)
    await using node = await startNode(database)
    await sendToAll(node.url, marks)
    const env = { ...cliEnvironment(database), LOG_LEVEL: 'trace' }
    for (const args of [
      ['keys', 'list'],
      ['keys', 'rotate'],
      ['audit', 'verify'],
      ['audit', 'export'],
    ]) {
      const { code, output, errors } = await runCli(args, env)
      assert.equal(code, 0)
      const found = marks.foundIn(output + errors)
      assert.deepEqual(
        args[1] === 'export' ? found.filter((name) => !KEPT_OF_EVENTS.has(name)) : found,
        [],
        args.join(' '),
      )
    }
  })

  it('has no secret of what nobody catches', async () => {
    const marks = createMarks()
    const statement = 'throw Object.assign(new SyntaxError(process.env.SECRET), { sql: process.env.SECRET })'
    const env = { ...cliEnvironment(database), ...throwing('beforeExit', statement, marks.make('a secret')) }
    const { code, errors } = await runCli(['audit', 'verify'], env)
    assert.equal(code, 1)
    assert.equal(errors, 'SyntaxError\n')
  })
})

describe('what a server with an embedded database writes', () => {
  it("shows the first password once, outside of the log, and nothing else; nor does its database's log", async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-output-'))
    t.after(() => rm(dataDir, { recursive: true, force: true }))
    const marks = createMarks()
    await using server = await startServerProcess({ DATA_DIR: dataDir, LOG_LEVEL: 'trace' })
    await eventually(async () => server.output().includes('password  '), 'the administrator is printed')
    const [, first = ''] = /^ {4}password {2}(\S+)$/m.exec(server.output()) ?? []
    assert.equal(server.output().split(first).length, 2)
    for (const file of ['app-secret', 'database-password'])
      marks.keep(file, (await readFile(join(dataDir, file), 'utf8')).trim())

    const client = new pg.Client({ connectionString: (await findRunning(dataDir)) ?? '' })
    await client.connect()
    await client.query('ALTER TABLE users ADD CONSTRAINT no_more CHECK (email IS NULL) NOT VALID')
    const json = { email: `${marks.make('an address')}@example.com`, password: marks.make('a password') }
    assert.equal((await exchange(server.url, 'POST', '/register', { json })).status, 500)
    await client.query('ALTER TABLE users RENAME TO gone')
    assert.equal((await exchange(server.url, 'POST', '/login', { json })).status, 500)
    await client.end()

    assert.equal(await server.end('SIGINT'), 0)
    assert.deepEqual(marks.foundIn(server.output()), [])
    const databaseLog = await readFile(join(dataDir, 'postgres.log'), 'utf8')
    assert.match(databaseLog, /violates check constraint "no_more"/)
    assert.match(databaseLog, /relation "users" does not exist/)
    assert.deepEqual(marks.foundIn(databaseLog), [])
  })
})
