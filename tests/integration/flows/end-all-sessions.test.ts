import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Account, claimsOf } from '../../support/accounts.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { type Node, startNode } from '../../support/node.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'

describe('session end --all', () => {
  const running = new AsyncDisposableStack()
  let database: TestDatabase
  let nodes: readonly [Node, Node]

  before(async () => {
    database = running.adopt(await createTestDatabase(), (created) => created.drop())
    nodes = await Promise.all([startNode(database), startNode(database)])
    for (const node of nodes) running.use(node)
  })
  after(() => running.disposeAsync())

  const endAll = (...options: string[]) => runCli(['session', 'end', '--all', ...options], cliEnvironment(database))
  const refresh = ({ refreshToken }: Account) => nodes[0].statusOf('POST', '/refresh', undefined, { refreshToken })

  it('does nothing where nobody is there to be asked', async () => {
    const account = await nodes[0].register()
    const { code, errors } = await endAll()
    assert.equal(code, 1)
    assert.match(errors, /--yes/)
    assert.equal(await refresh(account), 200)
    for (const node of nodes) assert.ok(await node.lets(account.token))
  })

  it('refuses every token from before on every node, also of sessions that a restored database does not know', async () => {
    const accounts = await Promise.all(Array.from({ length: 20 }, () => nodes[0].register()))
    const unknown = await nodes[1].register()
    const { sid } = claimsOf(unknown.token)
    await database.query('DELETE FROM sessions WHERE id = $1', [sid])
    for (const node of nodes) assert.ok(await node.lets(unknown.token))

    const { code, output } = await endAll('--yes')
    assert.equal(code, 0)
    assert.match(output, /^\d+ sessions were open\./)
    const later = await nodes[0].login(accounts[0]?.email ?? '')
    await using started = await startNode(database)
    for (const node of [...nodes, started]) {
      for (const { token } of [...accounts, unknown]) {
        await eventually(async () => !(await node.lets(token)), 'the token is refused')
      }
      assert.ok(await node.lets(later.token))
    }
    for (const account of accounts) assert.equal(await refresh(account), 401)
    assert.equal(await refresh(later), 200)
    assert.equal(await database.count("audit_events WHERE action = 'all_sessions_ended'"), 1)
  })

  it('ends more sessions than one step of it', async () => {
    const { id } = await nodes[0].register()
    await database.query(
      `INSERT INTO sessions (id, user_id, refresh_hash, created_at, last_used_at, expires_at)
       SELECT ('018e0000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, $1,
         sha256(number::text::bytea), now(), now(), now() + interval '1 day' FROM generate_series(1, 2500) AS number`,
      [id],
    )
    const { output } = await endAll('--yes')
    assert.ok(Number.parseInt(output, 10) > 2500)
    assert.equal(await database.count('sessions WHERE revoked_at IS NULL'), 0)
  })
})
