import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { findRunning } from '../../../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { cliEnvironment, runCli, spawnCli } from '../../support/cli.ts'
import { eventually } from '../../support/server-process.ts'
import { createTestDatabase } from '../../support/test-database.ts'

const UNPREPARED = 'This database is not prepared for this version yet: start the server once, or run `db migrate`.'

describe('gatehouse db', () => {
  it('status tells what waits and changes nothing, migrate brings it up to date', async (t) => {
    const empty = await createTestDatabase({ empty: true })
    t.after(() => empty.drop())
    const env = cliEnvironment(empty)
    const tables = () => empty.count("pg_tables WHERE schemaname = 'public'")

    const before = await runCli(['db', 'status', '--json'], env)
    assert.deepEqual([before.code, before.errors], [1, ''])
    const waiting = JSON.parse(before.output)
    assert.equal(waiting.isCurrent, false)
    assert.ok(waiting.migrations.length > 10 && waiting.seeders.length > 0)
    const all = [...waiting.migrations, ...waiting.seeders]
    assert.ok(all.every(({ state }) => state === 'waiting'))
    assert.equal(await tables(), 0)

    const migrated = await runCli(['db', 'migrate', '--json'], env)
    assert.deepEqual([migrated.code, migrated.errors], [0, ''])
    const namesOf = (changes: { name: string }[]) => changes.map(({ name }) => name)
    assert.deepEqual(JSON.parse(migrated.output), {
      migrations: namesOf(waiting.migrations),
      seeders: namesOf(waiting.seeders),
    })

    await empty.query(`INSERT INTO "SequelizeMeta" VALUES ('29991231000000-later.ts')`)
    const [after, again, users] = await Promise.all([
      runCli(['db', 'status'], env),
      runCli(['db', 'migrate'], env),
      runCli(['user', 'list', '--json'], env),
    ])
    assert.equal(after.code, 0)
    assert.match(after.output, /^newer +29991231000000-later\.ts$/m)
    assert.match(after.output, /\nIt is up to date\.\n$/)
    assert.deepEqual([again.code, again.output], [0, 'Nothing was waiting.\n'])
    assert.deepEqual([users.code, users.output], [0, '[]\n'])

    await empty.query(`DELETE FROM "SequelizeMeta" WHERE name = $1`, [waiting.migrations.at(-1).name])
    const behind = await runCli(['db', 'status'], env)
    assert.equal(behind.code, 1)
    assert.match(behind.output, /\n1 change waiting: db migrate\n$/)
  })

  it('makes an embedded database where it is told to, and nowhere else', async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-cli-'))
    t.after(() => rm(dataDir, { recursive: true, force: true }))
    const env = { DATA_DIR: dataDir }
    const [status, early] = await Promise.all([runCli(['db', 'status'], env), runCli(['user', 'list', '--json'], env)])
    assert.equal(status.code, 1)
    assert.deepEqual(
      [early.code, JSON.parse(early.errors)],
      [1, { error: { code: 'unprepared', message: UNPREPARED } }],
    )
    assert.ok(!existsSync(join(dataDir, 'postgres')))

    assert.equal((await runCli(['db', 'migrate'], env)).code, 0)
    const listed = await runCli(['role', 'list', '--json'], env)
    assert.deepEqual(
      JSON.parse(listed.output).map(({ name }: { name: string }) => name),
      ['admin', 'user'],
    )

    // It waits for a password, with the database that it has started.
    const cut = spawnCli(['user', 'create', 'ada@example.com'], env)
    await eventually(async () => (await findRunning(dataDir)) !== null, 'the database runs')
    cut.kill('SIGINT')
    const [code] = await once(cut, 'exit')
    assert.equal(code, 130)
    assert.equal(await findRunning(dataDir), null)
    assert.ok(!existsSync(join(dataDir, 'postgres', 'postmaster.pid')))
  })
})
