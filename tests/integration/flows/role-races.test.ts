import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { type Account, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import type { Answer } from '../../support/check-answer.ts'
import { createdRole } from '../../support/roles.ts'
import { eventually } from '../../support/server-process.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const { query } = server.database

const send = (method: string, path: string, token = admin.token, json?: unknown) =>
  server.send(method, path, { token, ...(json !== undefined && { json }) })
const verify = async ({ token }: Account, role: string) => (await server.get(`/verify?role=${role}`, token)).status

const TOLD = 'BEFORE INSERT ON revocations'

/** Of the statements that a trigger is for, the first waits for the lock, those behind it do not. */
await query(`
  CREATE SEQUENCE statements;
  CREATE FUNCTION hold_the_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('statements') = 1 THEN PERFORM pg_advisory_xact_lock(1); END IF;
    RETURN NULL;
  END $$`)

/** Runs `first`, which is held up at the statement given, and `second` meanwhile. */
async function interleaved(
  statement: string,
  first: () => Promise<Answer>,
  second: () => Promise<Answer>,
): Promise<Answer[]> {
  await using running = new AsyncDisposableStack()
  await query("SELECT setval('statements', 1, false)")
  await query(`CREATE TRIGGER hold_the_first ${statement} EXECUTE FUNCTION hold_the_first()`)
  running.defer(async () => void (await query(`DROP TRIGGER hold_the_first ON ${statement.split(' ').at(-1)}`)))
  const holder = running.adopt(new pg.Client({ connectionString: server.database.url }), (client) => client.end())
  await holder.connect()
  await holder.query('SELECT pg_advisory_lock(1)')
  const waiting = async () => {
    const waits = "datname = current_database() AND wait_event_type = 'Lock'"
    return (await query(`SELECT 1 FROM pg_stat_activity WHERE ${waits}`)).length
  }
  const answers = [first()]
  await eventually(async () => (await waiting()) >= 1, 'the first waits')
  let isAnswered = false
  answers.push(second().finally(() => (isAnswered = true)))
  await eventually(async () => isAnswered || (await waiting()) >= 2, 'the second waits, or does not have to')
  await holder.query('SELECT pg_advisory_unlock(1)')
  return await Promise.all(answers)
}

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status)

describe('the deletion of a role, while a holder is changed otherwise', () => {
  const changes: [what: string, change: (user: Account) => Promise<Answer>][] = [
    ['is granted another', ({ id }) => send('PUT', `/users/${id}/roles/admin`)],
    ['loses another', ({ id }) => send('DELETE', `/users/${id}/roles/user`)],
    [
      'changes the password',
      ({ token }) =>
        send('PUT', '/userdetails/password', token, {
          currentPassword: PASSWORD,
          newPassword: 'another horse, another staple',
        }),
    ],
    [
      'changes the email',
      ({ token, email }) => send('PATCH', '/userdetails', token, { email: `new-${email}`, currentPassword: PASSWORD }),
    ],
  ]
  for (const [what, change] of changes) {
    it(`leaves the role to nobody who ${what} at the same time`, async () => {
      const role = await createdRole(server, admin)
      const user = await registered(server)
      await send('PUT', `/users/${user.id}/roles/${role}`)
      const withRoleInToken = await loggedIn(server, user.email)
      const remove = () => send('DELETE', `/roles/${role}`)
      const [changed, removed] = await interleaved(TOLD, () => change(user), remove)
      assert.ok(changed && changed.status < 300, `${changed?.status}`)
      assert.equal(removed?.status, 204)
      assert.equal(await verify(user, role), 403)
      assert.ok([401, 403].includes(await verify(withRoleInToken, role)))
    })
  }

  it('leaves the role to nobody who is granted it before', async () => {
    const role = await createdRole(server, admin)
    const user = await registered(server)
    const answers = await interleaved(
      TOLD,
      () => send('PUT', `/users/${user.id}/roles/${role}`),
      () => send('DELETE', `/roles/${role}`),
    )
    assert.deepEqual(statuses(answers), [204, 204])
    assert.equal(await verify(user, role), 403)
    assert.deepEqual((await send('GET', `/users/${user.id}/roles`)).body.roles, ['user'])
  })

  it('lets nobody be granted it who comes behind', async () => {
    const role = await createdRole(server, admin)
    const user = await registered(server)
    const answers = await interleaved(
      TOLD,
      () => send('DELETE', `/roles/${role}`),
      () => send('PUT', `/users/${user.id}/roles/${role}`),
    )
    assert.deepEqual(statuses(answers), [204, 404])
    assert.equal(await verify(user, role), 403)
  })
})

describe('a grant, while the account', () => {
  const grantTo = ({ id }: Account, role: string) => send('PUT', `/users/${id}/roles/${role}`)

  it('gets another name and email, is made all the same', async () => {
    const role = await createdRole(server, admin)
    const user = await registered(server)
    const json = { name: 'Somebody', email: `new-${user.email}`, currentPassword: PASSWORD }
    const answers = await interleaved(
      'AFTER UPDATE OF name ON users',
      () => send('PATCH', '/userdetails', user.token, json),
      () => grantTo(user, role),
    )
    assert.deepEqual(statuses(answers), [200, 204])
    assert.equal(await verify(user, role), 204)
    assert.equal((await server.get('/verify', user.token)).headers.get('x-user-email'), json.email)
  })

  it('is deleted, finds nobody', async () => {
    const role = await createdRole(server, admin)
    const user = await registered(server)
    const answers = await interleaved(
      'AFTER UPDATE OF auth_version ON users',
      () => send('DELETE', `/users/${user.id}`),
      () => grantTo(user, role),
    )
    assert.deepEqual(statuses(answers), [204, 404])
    assert.equal(await verify(user, role), 401)
  })
})
