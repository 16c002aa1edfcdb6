import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import bcryptjs from 'bcryptjs'
import { freshEmail, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import { eventsOf } from '../../support/audit.ts'
import { cliEnvironment, runCli } from '../../support/cli.ts'
import { FOREIGN_HASHES } from '../../support/foreign-hashes.ts'
import { runImport } from '../../support/import-run.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { ADMIN, PASSWORD, serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const OLD_PASSWORD = 'what they have always typed'
const CREATED_AT = '2020-05-17T10:30:00.000Z'

const folder = await mkdtemp(join(tmpdir(), 'gatehouse-import-'))
after(() => rm(folder, { recursive: true }))
let files = 0

describe('gatehouse import', { concurrency: 3 }, async () => {
  const server = await serverOfThisFile()
  const { database } = server
  const admin = await loggedInAdmin(server)
  const hash = await bcryptjs.hash(OLD_PASSWORD, 4)

  const freshFile = (ending: string) => join(folder, `${++files}.${ending}`)
  const run = (args: readonly string[], rejectsFile = freshFile('rejects')) => runImport(args, database, rejectsFile)
  const shown = async (email: string) => (await server.get(`/users?q=${email}`, admin.token)).body.items[0]
  const status = async (email: string, password: string) => (await server.post('/login', { email, password })).status

  /** A file of these records, a line each. */
  async function ndjson(records: readonly (object | string)[]): Promise<string> {
    const path = freshFile('ndjson')
    await writeFile(
      path,
      records.map((record) => `${typeof record === 'string' ? record : JSON.stringify(record)}\n`).join(''),
    )
    return path
  }

  it('brings along the password, roles, status, creation and verification, and says so in the trail', async () => {
    const [active, closed] = [freshEmail(), freshEmail()]
    const role = `role_${active.slice(5, 17)}`
    const file = freshFile('csv')
    const lines = [
      'createdAt,email,name,passwordHash,roles,status,emailVerified',
      `${CREATED_AT}, ${active.toUpperCase()},"Lovelace, Ada",${hash},${role};user,,true`,
      `2021-01-01T00:00:00+02:00,${closed},,${hash},,disabled,2022-02-02T02:02:02Z`,
    ]
    await writeFile(file, `${lines.join('\r\n')}\r\n`)
    const { code, errors, report } = await run(['csv', file])
    assert.deepEqual([code, errors], [0, ''])
    assert.deepEqual(report, {
      read: 2,
      imported: 2,
      updated: 0,
      unchanged: 0,
      left: 0,
      rejected: 0,
      withoutPassword: 0,
      roles: { user: 2, [role]: 1 },
      newRoles: [role],
      dryRun: false,
      resumedBehind: 0,
      rejectsFile: null,
    })
    const { id, updatedAt: _updatedAt, ...user } = await shown(active)
    assert.deepEqual(user, {
      email: active,
      name: 'Lovelace, Ada',
      roles: [role, 'user'].toSorted(),
      status: 'active',
      emailVerified: true,
      createdAt: CREATED_AT,
    })
    const { roles, status: closedStatus, emailVerified, createdAt, name } = await shown(closed)
    assert.deepEqual(
      [roles, closedStatus, emailVerified, createdAt, name],
      [['user'], 'disabled', true, '2020-12-31T22:00:00.000Z', null],
    )
    const { token } = await loggedIn(server, active, OLD_PASSWORD)
    assert.match((await server.get('/verify', token)).headers.get('x-user-roles') ?? '', new RegExp(role))
    assert.deepEqual([await status(active, PASSWORD), await status(closed, OLD_PASSWORD)], [401, 401])
    const events = await eventsOf(server, admin.token, `subject=${id}`)
    assert.deepEqual(events.at(-1)?.details, { source: 'csv', roles: `user ${role}` })
    assert.equal(events.at(-1)?.action, 'user_imported')
    const [summary] = await database.query(
      `SELECT details FROM audit_events WHERE action = 'users_imported' AND details->>'source' = 'csv'`,
    )
    assert.deepEqual(summary?.['details'], {
      source: 'csv',
      read: 2,
      imported: 2,
      updated: 0,
      unchanged: 0,
      left: 0,
      rejected: 0,
    })
  })

  it('says in a dry run what would come of it, and writes nothing', async () => {
    const { email: known } = await registered(server)
    const email = freshEmail()
    const file = await ndjson([
      { email, roles: [`role_${email.slice(5, 17)}`], passwordHash: hash },
      { email: known },
      { email: 'nobody' },
      { email: email.toUpperCase() },
    ])
    const rejectsFile = freshFile('rejects')
    const stateOf = () =>
      database.query(`SELECT (SELECT count(*) FROM roles WHERE name LIKE 'role_${email.slice(5, 17)}') AS roles,
        (SELECT count(*) FROM users WHERE email = '${email}') AS users`)
    const dry = await run(['ndjson', file, '--dry-run'], rejectsFile)
    assert.equal(dry.code, 3)
    assert.deepEqual(await stateOf(), [{ roles: '0', users: '0' }])
    const wet = await run(['ndjson', file], rejectsFile)
    assert.deepEqual({ ...dry.report, dryRun: false }, wet.report)
    assert.deepEqual(dry.rejects, wet.rejects)
    assert.deepEqual(wet.rejects, [
      { number: 2, line: 2, email: known, reason: 'there is an account with this email' },
      { number: 3, line: 3, email: 'nobody', reason: 'email must be an email address' },
      { number: 4, line: 4, email, reason: 'there is an account with this email' },
    ])
  })

  it('leaves out what it must not store, with the line and the reason, and brings in the rest', async () => {
    const good = freshEmail()
    const bad: [object | string, string][] = [
      ['no JSON', 'JSON'],
      [{ name: 'Nobody' }, 'email is required'],
      [{ email: 'ada@exa mple.com' }, 'email must be an email address'],
      [{ email: freshEmail(), passwordHash: 'secret' }, 'passwordHash is not a hash that can be verified here'],
      [{ email: freshEmail(), passwordHash: hash.replace('$04$', '$31$') }, 'keep a login waiting'],
      [
        { email: freshEmail(), passwordHash: '$scrypt$ln=20,r=8,p=1$c2FsdHNhbHQ$MDEyMzQ1Njc4OWFiY2RlZg' },
        'MiB of memory',
      ],
      [
        { email: freshEmail(), roles: ['Admin'] },
        'roles has "Admin", which cannot be a role here: --map-role "Admin=…"',
      ],
      [
        { email: freshEmail(), roles: Array.from({ length: 40 }, (_, index) => `a_role_with_a_long_name_${index}`) },
        'token',
      ],
      [{ email: freshEmail(), status: 'deleted' }, 'status must be active or disabled'],
      [{ email: freshEmail(), createdAt: '2999-01-01T00:00:00Z' }, 'createdAt must not be in the future'],
      [{ email: freshEmail(), createdAt: 'yesterday' }, 'createdAt must be an ISO 8601 time'],
      [{ email: freshEmail(), name: 'x'.repeat(201) }, 'name must have at most 200 characters'],
      [{ email: freshEmail(), name: 'Ada\u0000' }, 'name must be well-formed'],
      [{ email: freshEmail(), password: 'secret' }, 'has a field that nobody knows: password'],
      [{ email: freshEmail(), ['x'.repeat(1000)]: 1 }, `has a field that nobody knows: ${'x'.repeat(100)}`],
    ]
    const file = await ndjson([...bad.map(([record]) => record), { email: good }])
    const rejectsFile = freshFile('rejects')
    const { code, report, rejects } = await run(['ndjson', file], rejectsFile)
    assert.deepEqual(
      [code, report?.['imported'], report?.['rejected'], report?.['rejectsFile']],
      [3, 1, bad.length, rejectsFile],
    )
    assert.deepEqual(
      rejects.map(({ line }) => line),
      bad.map((_record, index) => index + 1),
    )
    for (const [index, [, reason]] of bad.entries())
      assert.ok(rejects[index]?.reason.includes(reason), JSON.stringify(rejects[index]))
    assert.ok(rejects.every(({ reason }) => reason.length < 200))
    assert.ok(!JSON.stringify(rejects).includes('$2b$'))
    assert.equal((await stat(rejectsFile)).mode & 0o777, 0o600)
    assert.equal((await shown(good)).emailVerified, false)
  })

  it('overwrites no file that is not of rejects, nor what it imports', async () => {
    const [file, rejects] = [await ndjson([{ email: 'nobody' }]), await ndjson([{ number: 1, email: 'nobody' }])]
    const runs = await Promise.all([
      run(['ndjson', rejects], file),
      run(['ndjson', rejects], rejects),
      run(['ndjson', file], join(folder, 'nowhere', 'rejects')),
      run(['ndjson', file], '/dev/null'),
    ])
    assert.deepEqual(
      runs.map(({ code }) => code),
      [1, 1, 1, 1],
    )
    assert.match(runs[0].errors, /is not a file of rejects/)
    assert.match(runs[1].errors, /is what is imported/)
    assert.equal(runs[1].rejects.length, 1)
    assert.match(runs[2].errors, /Rejects cannot be written to .*nowhere.rejects \(ENOENT\)/)
    assert.match(runs[3].errors, /is no regular file/)
  })

  it('takes names of roles as it is told, and never makes an administrator by another name', async () => {
    const [email, other] = [freshEmail(), freshEmail()]
    const role = `role_${email.slice(5, 17)}`
    const file = await ndjson([
      { email, roles: ['Super Admin', 'guest', 'user', 'constructor'] },
      { email: other, roles: ['ADMIN'] },
    ])
    const { report, rejects } = await run(['ndjson', file, '--map-role', `Super Admin=${role}`, '--map-role', 'guest='])
    assert.deepEqual([report?.['imported'], report?.['newRoles']], [1, ['constructor', role].toSorted()])
    assert.deepEqual(report?.['roles'], { user: 1, [role]: 1, constructor: 1 })
    assert.deepEqual((await shown(email)).roles, ['constructor', role, 'user'].toSorted())
    assert.equal(rejects[0]?.email, other)
  })

  it('makes no roles by the thousand', async () => {
    const role = `role_${freshEmail().slice(5, 17)}`
    const file = await ndjson(
      Array.from({ length: 501 }, (_, index) => ({
        email: freshEmail(),
        roles: [`${role}_${index}`, `${role}__${index}`],
      })),
    )
    for (const { code, errors } of await Promise.all([run(['ndjson', file]), run(['ndjson', file, '--dry-run'])])) {
      assert.equal(code, 1)
      assert.match(errors, /More than 1,000 roles are missing here/)
    }
    assert.equal(await database.count(`roles WHERE name LIKE '${role}%'`), 0)
  })

  it('changes accounts that are here only where it is told to, and ends their sessions with the old password', async () => {
    const user = await registered(server)
    const file = await ndjson([
      {
        email: user.email,
        name: 'Ada',
        passwordHash: hash,
        roles: ['admin'],
        emailVerified: true,
        createdAt: CREATED_AT,
      },
    ])
    const before = await shown(user.email)
    assert.equal((await run(['ndjson', file, '--existing', 'leave'])).report?.['left'], 1)
    assert.deepEqual(await shown(user.email), before)
    assert.match((await run(['ndjson', file, '--existing', 'update'])).errors, /say --yes/)
    assert.deepEqual(await shown(user.email), before)
    const dry = await run(['ndjson', file, '--existing', 'update', '--dry-run'])
    assert.deepEqual([dry.report?.['updated'], dry.report?.['unchanged']], [1, 0])
    const { code, report } = await run(['ndjson', file, '--existing', 'update', '--yes'])
    assert.deepEqual([code, report?.['updated'], report?.['left']], [0, 1, 0])
    const { updatedAt: _updatedAt, ...after } = await shown(user.email)
    const { updatedAt: _before, ...kept } = before
    assert.deepEqual(after, { ...kept, name: 'Ada', roles: ['admin', 'user'], emailVerified: true })
    assert.equal((await server.get('/verify', user.token)).status, 401)
    assert.equal((await server.post('/refresh', { refreshToken: user.refreshToken })).status, 401)
    assert.deepEqual([await status(user.email, PASSWORD), await status(user.email, OLD_PASSWORD)], [401, 200])
    const again = await run([
      'ndjson',
      await ndjson([{ email: user.email, roles: ['admin'] }]),
      '--existing',
      'update',
      '--yes',
    ])
    assert.equal(again.report?.['unchanged'], 1)
    assert.equal((await eventsOf(server, admin.token, `subject=${user.id}&action=role_granted`)).length, 1)
    const events = await eventsOf(server, admin.token, `subject=${user.id}&action=user_updated`)
    const changed = 'name password roles emailVerified'
    assert.deepEqual(
      events.map(({ details }) => details),
      [{ source: 'ndjson', changed, sessionsEnded: 1 }],
    )
  })

  it('takes no rights from the last administrator', async () => {
    await using alone = await startTestServer()
    const path = await ndjson([
      { email: ADMIN.email, status: 'disabled' },
      { email: freshEmail() },
      { email: ADMIN.email, roles: [] },
    ])
    const { report, rejects } = await runImport(
      ['ndjson', path, '--existing', 'update', '--yes'],
      alone.database,
      freshFile('rejects'),
    )
    assert.deepEqual([report?.['imported'], report?.['rejected'], rejects.map(({ line }) => line)], [1, 2, [1, 3]])
    assert.match(rejects[0]?.reason ?? '', /at least one active administrator/)
    await loggedInAdmin(alone)
  })

  it('brings in an account without a password, which lets in nobody until one is set', async () => {
    const email = freshEmail()
    const { report } = await run(['ndjson', await ndjson([{ email, passwordHash: null }])])
    assert.equal(report?.['withoutPassword'], 1)
    assert.deepEqual([await status(email, 'none:'), await status(email, OLD_PASSWORD)], [401, 401])
    await runCli(['user', 'set-password', email], cliEnvironment(database), `${PASSWORD}\n`)
    assert.equal(await status(email, PASSWORD), 200)
  })

  it('gives all users back with their hashes, in what another Gatehouse takes as it is', async () => {
    const emails = Object.fromEntries(Object.keys(FOREIGN_HASHES).map((system) => [system, freshEmail()]))
    const records = await Promise.all(
      Object.entries(FOREIGN_HASHES).map(async ([system, hashed]) => ({
        email: emails[system],
        ...(await hashed(OLD_PASSWORD)),
      })),
    )
    const closed = {
      email: freshEmail(),
      name: 'Grace',
      status: 'disabled',
      createdAt: CREATED_AT,
      emailVerified: CREATED_AT,
    }
    await run(['ndjson', await ndjson([...records, closed])])
    const own = await registered(server)
    const file = freshFile('ndjson')
    const exported = await runCli(['export', '--output', file], cliEnvironment(database))
    assert.deepEqual([exported.code, exported.output], [0, ''])
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.equal((await runCli(['export', '--output', file], cliEnvironment(database))).code, 1)
    assert.ok((await database.count(`audit_events WHERE action = 'users_exported'`)) > 0)
    const other = await createTestDatabase()
    await using next = await startTestServer({ database: other })
    const { report, rejects } = await runImport(['ndjson', file], other, freshFile('rejects'))
    assert.deepEqual([report?.['rejected'], rejects.map(({ email }) => email)], [0, [ADMIN.email]])
    await loggedIn(next, own.email)
    for (const email of Object.values(emails)) await loggedIn(next, email, OLD_PASSWORD)
    const rowsOf = ({ query }: typeof database) =>
      query(
        `SELECT email, name, status, email_verified_at, created_at,
           ARRAY(SELECT role FROM user_roles WHERE user_id = users.id ORDER BY role) AS roles
         FROM users WHERE email = ANY ($1) ORDER BY email`,
        [[own.email, closed.email, ...Object.values(emails)]],
      )
    assert.deepEqual(await rowsOf(other), await rowsOf(database))
    assert.equal(await other.count(`users WHERE email = '${closed.email}' AND password_hash = 'none:'`), 1)
    await other.drop()
  })
})
