import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Account } from '../../support/accounts.ts'
import type { ShownEvent } from '../../support/audit.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { type DebianPostgres, missingPostgres, startDebianPostgres } from '../../support/debian-postgres.ts'
import { type Node, startNode } from '../../support/node.ts'
import { eventually } from '../../support/server-process.ts'
import type { TestDatabase } from '../../support/test-database.ts'
import { ADMIN } from '../../support/test-server.ts'

/** The steps of docs/operations.md, "Backup and restore". */
describe('an old backup that comes back', { skip: missingPostgres() }, () => {
  let postgres: DebianPostgres
  let database: TestDatabase
  let nodes: Node[] = []
  let loggedOut: Account
  let demoted: Account
  let disabled: Account
  let late: Account
  let headAtBackup: string
  let headAtEnd: string
  let exported: ShownEvent[]

  const [first, second] = [() => nodes[0] as Node, () => nodes[1] as Node]
  const refresh = ({ refreshToken }: Account) => first().statusOf('POST', '/refresh', undefined, { refreshToken })
  const cli = (...args: string[]) => runCli(args, cliEnvironment(database))

  async function startNodes(count: number): Promise<void> {
    nodes = await Promise.all(Array.from({ length: count }, () => startNode(database)))
  }

  async function stopNodes(): Promise<void> {
    await Promise.all(nodes.map((node) => node.end('SIGINT')))
    nodes = []
  }

  /** Where every event has its seal. */
  async function head(): Promise<string> {
    await eventually(async () => (await database.count('audit_events WHERE seal IS NULL')) === 0, 'all is sealed')
    return /^head (\S+)$/m.exec((await cli('audit', 'verify')).output)?.[1] ?? ''
  }

  async function events(): Promise<ShownEvent[]> {
    const { output } = await cli('audit', 'export')
    return output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  before(async () => {
    postgres = await startDebianPostgres()
    await postgres.tool('createdb', '--username=postgres', '--owner=gatehouse', 'gatehouse')
    database = postgres.database('gatehouse')
    await startNodes(1)
    const { token } = await first().login(ADMIN.email, ADMIN.password)
    loggedOut = await first().register()
    demoted = await first().register()
    disabled = await first().register()
    assert.equal(await first().statusOf('PUT', `/users/${demoted.id}/roles/admin`, token), 204)
    headAtBackup = await head()
    await postgres.tool('pg_dump', '--username=postgres', '--format=custom', '--file=gatehouse.dump', 'gatehouse')

    assert.equal(await first().statusOf('POST', '/logout', loggedOut.token), 204)
    assert.equal(await first().statusOf('DELETE', `/users/${demoted.id}/roles/admin`, token), 204)
    assert.equal(await first().statusOf('PATCH', `/users/${disabled.id}`, token, { status: 'disabled' }), 200)
    late = await first().register()
    assert.equal(await refresh(loggedOut), 401)
    headAtEnd = await head()
    exported = await events()

    await stopNodes()
    await postgres.tool('psql', '--username=postgres', '-c', 'ALTER DATABASE gatehouse RENAME TO gatehouse_lost')
    await postgres.tool('createdb', '--username=postgres', '--owner=gatehouse', 'gatehouse')
    await postgres.tool(
      'pg_restore',
      ...['--username=gatehouse', '--dbname=gatehouse', '--no-owner', '--exit-on-error', '--single-transaction'],
      'gatehouse.dump',
    )
    await startNodes(2)
  })
  after(async () => {
    await stopNodes()
    await postgres[Symbol.asyncDispose]()
  })

  it('lets in again whom it knows no better', async () => {
    for (const node of nodes) {
      for (const { token } of [loggedOut, disabled, late]) assert.ok(await node.lets(token))
      assert.ok(await node.lets(demoted.token, 'admin'))
    }
    const refreshed = await first().send('POST', '/refresh', undefined, { refreshToken: loggedOut.refreshToken })
    assert.equal(refreshed.status, 200)
    const { token, refreshToken } = (await refreshed.json()) as Account
    loggedOut = { ...loggedOut, token, refreshToken }
  })

  it('shows by a head from elsewhere that it is old', async () => {
    const { code, output } = await cli('audit', 'verify', '--head', headAtBackup)
    assert.equal(code, 0, output)
    assert.equal((await cli('audit', 'verify', '--head', headAtEnd)).code, 1)
  })

  it('names, beside an export from elsewhere, what has to be done again', async () => {
    const known = new Set((await events()).map(({ id }) => id))
    const lost = exported.filter(({ id }) => !known.has(id)).map(({ action, subject }) => [action, subject])
    for (const event of [
      ['logout', loggedOut.id],
      ['role_taken', demoted.id],
      ['user_disabled', disabled.id],
      ['registered', late.id],
    ]) {
      assert.deepEqual(
        lost.filter(([action, subject]) => action === event[0] && subject === event[1]),
        [event],
      )
    }
  })

  it('lets in nobody from before, once all sessions are ended', async () => {
    const { code, errors } = await cli('session', 'end', '--all', '--yes')
    assert.equal(code, 0, errors)
    const ended = [loggedOut, demoted, disabled, late]
    for (const node of nodes) {
      for (const { token } of ended) await eventually(async () => !(await node.lets(token)), 'the token is refused')
    }
    for (const account of ended) assert.equal(await refresh(account), 401)
    const again = await second().login(loggedOut.email)
    for (const node of nodes) assert.ok(await node.lets(again.token, 'user'))
    assert.equal(await refresh(again), 200)
    assert.equal((await events()).filter(({ action }) => action === 'all_sessions_ended').length, 1)
    // What a session does not hold is as it was: whoever restores does it again.
    assert.ok(await first().lets((await first().login(demoted.email)).token, 'admin'))
    assert.ok(await first().login(disabled.email))
    const verified = await cli('audit', 'verify')
    assert.equal(verified.code, 0, verified.output)
  })
})
