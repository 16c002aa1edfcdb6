import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf } from '../../support/audit.ts'
import { type CliResult, cliEnvironment, runCli } from '../../support/cli.ts'
import { createdRole } from '../../support/roles.ts'
import { eventually } from '../../support/server-process.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

describe('the command line', { concurrency: 3 }, async () => {
  const server = await serverOfThisFile()
  const admin = await loggedInAdmin(server)
  const cli = (args: readonly string[]): Promise<CliResult> => runCli(args, cliEnvironment(server.database))
  const answers = (path: string, token: string, status: number) =>
    eventually(async () => (await server.get(path, token)).status === status, `${path} answers ${status}`)

  it('gives roles that count at once for tokens in use, and takes them back', async () => {
    const { token, email, id } = await registered(server)
    const made = await cli(['role', 'create', 'editor', '--description', 'Writes', '--json'])
    assert.equal(made.code, 0, made.errors)
    const listed = await cli(['role', 'list', '--json'])
    const { body } = await server.get('/roles', admin.token)
    // Tests beside this one make and delete others meanwhile.
    const lasting = (items: { name: string }[]) =>
      items.filter(({ name }) => ['admin', 'editor', 'user'].includes(name))
    assert.deepEqual(lasting(JSON.parse(listed.output)), lasting(body.items))
    assert.deepEqual(JSON.parse(made.output), lasting(body.items)[1])
    const granted = await cli(['role', 'grant', email, 'editor', '--json'])
    assert.deepEqual(JSON.parse(granted.output).roles, ['editor', 'user'])
    await answers('/verify?role=editor', token, 204)
    const revoked = await cli(['role', 'revoke', id, 'editor'])
    assert.equal(revoked.output, `${email} does not have the role editor.\n`)
    await answers('/verify?role=editor', token, 403)
    const events = await eventsOf(server, admin.token, `subject=${id}`)
    assert.deepEqual(
      events.map(({ action }) => action),
      ['role_taken', 'role_granted', 'registered'],
    )
  })

  it('makes administrators of accounts that there are', async () => {
    const [account, disabled] = [await registered(server), await registered(server)]
    await server.send('PATCH', `/users/${disabled.id}`, { token: admin.token, json: { status: 'disabled' } })
    const [granted, useless, nobody] = await Promise.all([
      cli(['admin', 'grant', account.email]),
      cli(['admin', 'grant', disabled.email]),
      cli(['admin', 'grant', 'nobody@example.com']),
    ])
    assert.deepEqual([granted.code, granted.output, granted.errors], [0, `${account.email} has the role admin.\n`, ''])
    await answers('/users', account.token, 200)
    assert.match(useless.errors, /is disabled, and cannot log in/)
    assert.deepEqual([nobody.code, nobody.errors], [1, 'There is no user with the email nobody@example.com.\n'])
  })

  it('refuses what the rules of roles do not allow', async () => {
    const { email } = await registered(server)
    const role = await createdRole(server, admin)
    const results = await Promise.all([
      cli(['role', 'grant', email, 'nothing']),
      cli(['role', 'delete', 'nothing']),
      cli(['role', 'delete', 'admin']),
      cli(['role', 'create', role]),
      cli(['role', 'create', 'Not A Role']),
      cli(['role', 'delete', role]),
    ])
    assert.deepEqual(
      results.map(({ code, errors }) => [code, errors.split('\n')[0]]),
      [
        [1, 'There is no role nothing.'],
        [1, 'There is no role nothing.'],
        [1, 'The service itself needs this role as it is.'],
        [1, 'There is a role with this name.'],
        [
          2,
          "error: command-argument value 'Not A Role' is invalid for argument 'role'. It must begin with a letter and hold only small letters a to z, digits, _ and -.",
        ],
        [1, 'Nobody is there to be asked: say --yes.'],
      ],
    )
    const { body } = await server.get('/roles', admin.token)
    assert.ok(body.items.some(({ name }: { name: string }) => name === role))
  })

  it('deletes a role from whoever has it', async () => {
    const { id, token } = await registered(server)
    const role = await createdRole(server, admin)
    await server.send('PUT', `/users/${id}/roles/${role}`, { token: admin.token })
    await answers(`/verify?role=${role}`, token, 204)
    const { output } = await cli(['role', 'delete', role, '--yes', '--json'])
    assert.deepEqual(JSON.parse(output), { name: role, holders: 1 })
    await answers(`/verify?role=${role}`, token, 403)
  })

  it("lists and ends a user's sessions, one or all", async () => {
    const first = await registered(server)
    const others = [await loggedIn(server, first.email), await loggedIn(server, first.email)]
    await server.database.query(`UPDATE sessions SET user_agent = E'a\\u001b[2Jb' WHERE user_id = $1`, [first.id])
    const [listed, table] = await Promise.all([
      cli(['session', 'list', first.email, '--json']),
      cli(['session', 'list', first.email]),
    ])
    const { body } = await server.get('/sessions', first.token)
    const withoutCurrent = body.items.map(({ current: _, ...session }: { current: boolean }) => session)
    assert.deepEqual(JSON.parse(listed.output), withoutCurrent)
    assert.match(table.output, /a\\u001b\[2Jb\n/)

    const current = body.items.find((session: { current: boolean }) => session.current).id
    const [stranger, vague, ended] = await Promise.all([
      cli(['session', 'end', admin.email, '--session', current]),
      cli(['session', 'end']),
      cli(['session', 'end', first.email, '--session', current, '--json']),
    ])
    assert.equal(stranger.errors, `There is no open session ${current} of ${admin.email}.\n`)
    assert.deepEqual([vague.code, vague.errors.split('\n')[0]], [2, 'error: name a user, or say --all'])
    assert.deepEqual(JSON.parse(ended.output), { ended: 1 })
    await answers('/verify', first.token, 401)
    for (const { token } of others) assert.equal((await server.get('/verify', token)).status, 204)

    const all = await cli(['session', 'end', first.id])
    assert.equal(all.output, `2 sessions of ${first.email} ended.\n`)
    for (const { token } of others) await answers('/verify', token, 401)
  })

  it('shows the audit trail and the keys as the API and the database have them', async () => {
    const { id, email } = await registered(server)
    await loggedIn(server, email)
    const [subject, action, table, keys, verified, wrong] = await Promise.all([
      cli(['audit', 'list', '--subject', email, '--json']),
      cli(['audit', 'list', '--subject', id, '--action', 'login', '--since', '2026-01-01', '--limit', '1', '--json']),
      cli(['audit', 'list', '--limit', '3']),
      cli(['keys', 'list', '--json']),
      cli(['audit', 'verify', '--json']),
      cli(['audit', 'list', '--since', 'yesterday', '--json']),
    ])
    const sealed = (event: object) => ({ ...event, seal: null })
    const expected = (await eventsOf(server, admin.token, `subject=${id}`)).map(sealed)
    assert.deepEqual(JSON.parse(subject.output).map(sealed), expected)
    assert.deepEqual(JSON.parse(action.output).map(sealed), expected.slice(0, 1))
    assert.equal(table.output.trimEnd().split('\n').length, 4)
    assert.equal(table.errors, 'There are older ones: see --limit and --until\n')
    assert.equal(subject.errors, '')
    assert.deepEqual(
      JSON.parse(keys.output).map(({ state, retiredAt }: Record<string, unknown>) => [state, retiredAt]),
      [
        ['current', null],
        ['next', null],
      ],
    )
    assert.deepEqual([JSON.parse(verified.output).isIntact, JSON.parse(verified.output).problems], [true, []])
    assert.equal(wrong.code, 2)
    assert.equal(JSON.parse(wrong.errors).error.code, 'usage')
  })
})
