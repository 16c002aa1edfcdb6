import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { runCli } from '../../support/cli.ts'
import { APP_SECRET, createOwnedDatabase } from '../../support/test-database.ts'
import { startTestServer } from '../../support/test-server.ts'

describe('an ordinary role of PostgreSQL that owns its database and nothing else', () => {
  it('is enough to migrate, to serve, to keep the house in order and to administer', async () => {
    await using running = new AsyncDisposableStack()
    const database = running.adopt(await createOwnedDatabase(), (created) => created.drop())
    const [role] = await database.query(
      `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS "mayMore",
              pg_has_role('pg_read_server_files', 'MEMBER') AS "readsFiles"
       FROM pg_roles WHERE rolname = current_user`,
    )
    assert.deepEqual(role, { mayMore: false, readsFiles: false })

    const server = running.use(await startTestServer({ database }))
    const [user, admin] = [await registered(server), await loggedInAdmin(server)]
    assert.equal((await server.get(`/users?q=${user.email}`, admin.token)).body.total, 1)
    assert.equal((await server.send('PUT', `/users/${user.id}/roles/admin`, { token: admin.token })).status, 204)
    await server.auditSealing.sealAll()
    await server.maintenance.runOnce()
    assert.equal((await server.get('/readyz')).status, 200)
    assert.match(server.logLines.join(''), /search: the index is built/)

    const env = { DATABASE_URL: database.url, APP_SECRET }
    for (const command of [
      ['keys', 'rotate'],
      ['audit', 'verify'],
    ]) {
      const { code, errors } = await runCli(command, env)
      assert.equal(code, 0, errors)
    }
  })
})
