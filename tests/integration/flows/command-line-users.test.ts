import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf } from '../../support/audit.ts'
import { type CliResult, cliEnvironment, runCli } from '../../support/cli.ts'
import { createdRole } from '../../support/roles.ts'
import { eventually } from '../../support/server-process.ts'
import { ADMIN, PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const NEW_PASSWORD = 'a walrus reads under seven lamps'

describe('gatehouse user', { concurrency: 3 }, async () => {
  const server = await serverOfThisFile()
  const admin = await loggedInAdmin(server)
  const env = { ...cliEnvironment(server.database), LOG_LEVEL: 'trace' }
  const user = (args: readonly string[], input?: string): Promise<CliResult> => runCli(['user', ...args], env, input)

  const refused = (token: string) =>
    eventually(async () => (await server.get('/verify', token)).status === 401, 'the token is refused')
  const actionsOf = async (id: string) =>
    (await eventsOf(server, admin.token, `subject=${id}`)).map(({ action }) => action).toReversed()

  it('create makes an account that can log in, with its roles and an event for each', async () => {
    const role = await createdRole(server, admin)
    const email = freshEmail()
    const args = ['create', ` ${email.toUpperCase()}`, '--name', 'Ada Lovelace', '--role', role, '--role', 'user']
    const { code, output, errors } = await user([...args, '--json'], `${NEW_PASSWORD}\r\nanother line`)
    assert.deepEqual([code, errors], [0, ''])
    const made = JSON.parse(output)
    const { body } = await server.get(`/users/${made.id}`, admin.token)
    assert.deepEqual(made, body.user)
    assert.deepEqual([made.email, made.name, made.roles], [email, 'Ada Lovelace', [role, 'user'].toSorted()])
    await loggedIn(server, email, NEW_PASSWORD)
    const events = await eventsOf(server, admin.token, `subject=${made.id}`)
    assert.deepEqual(events.map(({ action, actor, ip, details }) => [action, actor, ip, details]).slice(1), [
      ['role_granted', null, null, { role }],
      ['user_created', null, null, {}],
    ])
  })

  it('create makes nothing of what the rules do not allow, and says why', async () => {
    const taken = await registered(server)
    const [email, unknown, weak, silent] = Array.from({ length: 4 }, freshEmail)
    const roles = await Promise.all(
      Array.from({ length: 18 }, () =>
        createdRole(server, admin, `r${freshEmail().replaceAll(/\W/g, '')}`.padEnd(60, 'x')),
      ),
    )
    const results = await Promise.all([
      user(['create', taken.email, '--json'], NEW_PASSWORD),
      user(['create', unknown ?? '', '--role', 'user', '--role', 'nobody'], NEW_PASSWORD),
      user(['create', weak ?? ''], `${weak}\n`),
      user(['create', silent ?? '']),
      user(['create', email ?? '', ...roles.flatMap((role) => ['--role', role])], NEW_PASSWORD),
    ])
    assert.deepEqual(
      results.map(({ code, output, errors }) => [code, output, errors.split('\n')[0]]),
      [
        [1, '', '{"error":{"code":"email_taken","message":"There is an account with this email."}}'],
        [1, '', 'There is no role nobody.'],
        [1, '', 'password is too easy to guess'],
        [1, '', 'There is no password: it is the first line of standard input.'],
        [1, '', "The names of one user's roles must fit into a token."],
      ],
    )
    for (const { output, errors } of results) assert.ok(!`${output}${errors}`.includes(NEW_PASSWORD))
    for (const name of [email, unknown, weak, silent]) {
      assert.equal(await server.database.count(`users WHERE email = '${name}'`), 0)
    }
  })

  it('disable ends it all at once, enable lets log in again', async () => {
    const account = await registered(server)
    assert.equal((await server.get('/verify', account.token)).status, 204)
    const disabled = await user(['disable', account.email, '--json'])
    assert.equal(JSON.parse(disabled.output).status, 'disabled')
    await refused(account.token)
    const login = { email: account.email, password: PASSWORD }
    assert.equal((await server.post('/login', login)).status, 401)
    const enabled = await user(['enable', account.id])
    assert.deepEqual([enabled.code, enabled.output], [0, `${account.email} is active, and can log in.\n`])
    assert.equal((await server.post('/login', login)).status, 200)
    await refused(account.token)
    assert.deepEqual((await actionsOf(account.id)).slice(1, 2), ['user_disabled'])
  })

  it('set-password leaves neither the old password nor a session', async () => {
    const account = await registered(server)
    await loggedIn(server, account.email)
    const { code, output, errors } = await user(['set-password', account.email, '--json'], `${NEW_PASSWORD}\n`)
    assert.deepEqual([code, errors, JSON.parse(output).sessionsEnded], [0, '', 2])
    await refused(account.token)
    assert.equal((await server.post('/refresh', { refreshToken: account.refreshToken })).status, 401)
    assert.equal((await server.post('/login', { email: account.email, password: PASSWORD })).status, 401)
    const { token } = await loggedIn(server, account.email, NEW_PASSWORD)
    assert.equal((await server.get('/verify', token)).status, 204)
    const [event] = await eventsOf(server, admin.token, `subject=${account.id}&action=password_set`)
    assert.deepEqual([event?.actor, event?.details], [null, { sessionsEnded: 2 }])

    const weak = await user(['set-password', account.email], account.email)
    assert.deepEqual([weak.code, weak.errors], [1, 'password is too easy to guess\n'])
    assert.equal((await server.get('/verify', token)).status, 204)
  })

  it('delete asks, and without a terminal wants --yes', async () => {
    const account = await registered(server)
    const unasked = await user(['delete', account.email])
    assert.deepEqual(
      [unasked.code, unasked.output, unasked.errors],
      [1, '', 'Nobody is there to be asked: say --yes.\n'],
    )
    assert.equal((await server.get('/verify', account.token)).status, 204)
    const { code, output } = await user(['delete', account.email, '--yes', '--json'])
    assert.deepEqual([code, JSON.parse(output).id], [0, account.id])
    await refused(account.token)
    assert.deepEqual((await actionsOf(account.id)).at(-1), 'user_deleted')
  })

  it('lets the last administrator be', async () => {
    const results = await Promise.all([
      user(['disable', ADMIN.email, '--json']),
      user(['delete', ADMIN.email, '--yes']),
      runCli(['role', 'revoke', ADMIN.email, 'admin'], env),
    ])
    const sentence = 'There must always be at least one active administrator.'
    assert.deepEqual(
      results.map(({ code, errors }) => [code, errors]),
      [
        [1, `{"error":{"code":"last_admin","message":"${sentence}"}}\n`],
        [1, `${sentence}\n`],
        [1, `${sentence}\n`],
      ],
    )
    assert.equal((await server.get('/verify?role=admin', admin.token)).status, 204)
  })

  it('list and show have the API’s own fields, and hand a terminal nothing to obey', async () => {
    const marker = freshEmail().slice(5, 17)
    const accounts = await Promise.all([1, 2, 3].map(() => registered(server)))
    for (const { token } of accounts)
      await server.send('PATCH', '/userdetails', { token, json: { name: `${marker} \u001b[31m\u202e` } })
    const [last, first, table, shown, missing, unknown] = await Promise.all([
      user(['list', '--query', marker, '--limit', '2', '--json']),
      user(['list', '--query', marker, '--all', '--json']),
      user(['list', '--query', marker, '--status', 'active', '--role', 'user']),
      user(['show', accounts[0]?.id ?? '', '--json']),
      user(['show', `no-${marker}@example.com`]),
      user(['show', '019a9f0c-4b7e-7c31-9d52-6f0e8a1b2c3d', '--json']),
    ])
    const { body } = await server.get(`/users?q=${marker}`, admin.token)
    assert.deepEqual(JSON.parse(first.output), body.items)
    assert.deepEqual(JSON.parse(last.output), body.items.slice(0, 2))
    assert.equal(last.errors, '2 of 3 users: see --all\n')
    assert.deepEqual(
      JSON.parse(shown.output),
      body.items.find(({ id }: { id: string }) => id === accounts[0]?.id),
    )
    const [heading = '', ...rows] = table.output.trimEnd().split('\n')
    assert.equal(rows.length, 3)
    for (const row of rows) {
      assert.equal(row.indexOf('active'), heading.indexOf('STATUS'))
      assert.ok(row.endsWith(`${marker} \\u001b[31m\\u202e`), row)
    }
    assert.deepEqual([missing.code, missing.errors], [1, `There is no user with the email no-${marker}@example.com.\n`])
    assert.equal(JSON.parse(unknown.errors).error.code, 'not_found')
  })
})
