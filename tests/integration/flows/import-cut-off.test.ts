import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { CLI, cliEnvironment, spawnCli } from '../../support/cli.ts'
import { type ImportRun, runImport } from '../../support/import-run.ts'
import { eventually, freshEnvironment } from '../../support/server-process.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { ADMIN, startTestServer } from '../../support/test-server.ts'

const RECORDS = 20_000
/** One record in so many cannot be imported. */
const BAD_EVERY = 50

const folder = await mkdtemp(join(tmpdir(), 'gatehouse-import-'))
after(() => rm(folder, { recursive: true }))

const file = join(folder, 'users.ndjson')
await writeFile(file, Array.from({ length: RECORDS }, (_record, index) => lineOf(index)).join(''))

function lineOf(index: number): string {
  const email = index % BAD_EVERY === 0 ? 'nobody' : `user-${index}@example.com`
  return `${JSON.stringify({ email, name: `User ${index}`, roles: ['editor'] })}\n`
}

/** Those of commands; servers of this database there are none. */
const CONNECTIONS = `pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`

/** The index for searches, while it collects what is new. */
const COLLECTING = `pg_class WHERE relname = 'users_search_text_idx' AND 'fastupdate=on' = ANY (reloptions)`

const bad = Array.from({ length: RECORDS / BAD_EVERY }, (_record, index) => index * BAD_EVERY + 1)

describe('an import that is cut off', () => {
  it('goes on where it was killed, again and again, with nobody twice, nobody missing and each reject once', async (t) => {
    const database = await emptyDatabase(t)
    const rejectsFile = join(folder, 'killed.rejects')
    const interrupted = await cutOffAt(0.3 * RECORDS, database, rejectsFile, 'SIGINT')
    const saying = 'Interrupted. What is imported stays; the same command goes on from there.\n'
    assert.deepEqual(interrupted, { exit: [130, null], errors: saying })
    assert.equal(await database.count(COLLECTING), 0)
    await cutOffAt(0.6 * RECORDS, database, rejectsFile, 'SIGKILL')
    const elsewhere = await runImport(['ndjson', file], database, join(folder, 'elsewhere.rejects'))
    assert.equal(elsewhere.code, 1)
    assert.match(elsewhere.errors, /does not have the rejects of the run before/)
    const before = await doneOf(database)
    assert.ok(before >= 0.6 * RECORDS && before < RECORDS, `${before} were done`)
    const { report, rejects, ...last } = await runImport(['ndjson', file], database, rejectsFile)
    assert.deepEqual([last.code, report?.['resumedBehind'], report?.['read']], [3, before, RECORDS])
    assert.deepEqual([report?.['imported'], report?.['left']], [RECORDS - bad.length, 0])
    await assertComplete(database)
    const exported = join(folder, 'part.ndjson')
    assert.equal((await runWithin(1000, ['export', '--output', exported], database)).code, 1)
    assert.ok(!existsSync(exported), 'a part of an export is taken for all of it')
    assert.deepEqual(
      rejects.map(({ line }) => line),
      bad,
    )
  })

  it('begins anew where it is told to, and where the file is another', async (t) => {
    const database = await emptyDatabase(t)
    const rejectsFile = join(folder, 'restarted.rejects')
    await cutOffAt(0.5 * RECORDS, database, rejectsFile, 'SIGKILL')
    assert.equal(await database.count(COLLECTING), 1)
    await using _server = await startTestServer({ database })
    assert.equal(await database.count(COLLECTING), 0, 'a server ends it, too')
    const other = join(folder, 'other.ndjson')
    await writeFile(other, '{"email":"somebody@example.com"}\n')
    const runs = [
      await runImport(['ndjson', other], database, join(folder, 'other.rejects')),
      await runImport(['ndjson', file, '--restart'], database, rejectsFile),
    ]
    assert.deepEqual(
      runs.map(({ report }) => report?.['resumedBehind']),
      [0, 0],
    )
    const { imported, left } = runs[1]?.report ?? {}
    assert.ok(Number(left) >= 0.5 * RECORDS - bad.length)
    assert.equal(Number(imported) + Number(left), RECORDS - bad.length)
    await database.query('DELETE FROM users WHERE email = $1', [ADMIN.email])
    await assertComplete(database, 1)
    assert.equal(await database.count(COLLECTING), 0)
  })

  it('goes on by itself when its connections are cut', async (t) => {
    const database = await emptyDatabase(t)
    const running = runImport(['ndjson', file], database, join(folder, 'cut.rejects'))
    for (const part of [0.2, 0.5]) {
      await eventually(async () => (await doneOf(database)) >= part * RECORDS, 'records are imported')
      await database.query(`SELECT pg_terminate_backend(pid) FROM ${CONNECTIONS}`)
    }
    const { code, report, rejects } = await running
    assert.deepEqual([code, report?.['read'], report?.['left']], [3, RECORDS, 0])
    await assertComplete(database)
    assert.deepEqual(
      rejects.map(({ line }) => line),
      bad,
    )
  })

  it('lets one of two go on that import the same at once', async (t) => {
    const database = await emptyDatabase(t)
    const run = (name: string) => runImport(['ndjson', file], database, join(folder, name))
    const runs = await Promise.all([run('first.rejects'), run('second.rejects')])
    const [winner, loser] = runs.toSorted((one, other) => Number(other.code) - Number(one.code)) as [
      ImportRun,
      ImportRun,
    ]
    // The second may come when the first is done, or under way.
    if (loser.code === 1) assert.match(loser.errors, /Somebody else imports the same|the rejects of the run before/)
    else assert.equal(loser.report?.['left'], RECORDS - bad.length)
    assert.equal(winner.report?.['imported'], RECORDS - bad.length)
    await assertComplete(database)
  })

  it('loses no reject where there is no room for all of them', async (t) => {
    const database = await emptyDatabase(t)
    const source = join(folder, 'nobody.ndjson')
    await writeFile(source, '{"email":"nobody"}\n'.repeat(400))
    const rejectsFile = join(folder, 'cramped.rejects')
    const full = await runWithin(16, ['import', 'ndjson', source, '--rejects', rejectsFile], database)
    assert.equal(full.code, 1)
    assert.match(full.errors, /There is no room left for .*cramped\.rejects\./)
    const { report, rejects } = await runImport(['ndjson', source], database, rejectsFile)
    assert.deepEqual([report?.['rejected'], rejects.length, rejects.at(-1)?.line], [400, 400, 400])
  })
})

/** Runs a command that can write so many KiB to a file, as on a disk with no more room. */
async function runWithin(kibibytes: number, args: readonly string[], database: TestDatabase) {
  const script = `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$@"`
  const command = ['-c', script, 'bash', ...CLI, ...args]
  const env = freshEnvironment(cliEnvironment(database))
  return new Promise<{ code: number | null; errors: string }>((resolve) => {
    const child = execFile('bash', command, { cwd: folder, env }, (_error, _output, errors) =>
      resolve({ code: child.exitCode, errors }),
    )
  })
}

async function emptyDatabase(t: { after(work: () => Promise<void>): void }): Promise<TestDatabase> {
  const database = await createTestDatabase()
  t.after(() => database.drop())
  return database
}

const doneOf = async ({ query }: TestDatabase): Promise<number> =>
  Number((await query<{ done: string }>(`SELECT progress->>'read' AS done FROM imports`))[0]?.done ?? 0)

/** Ends an import when it has dealt with so many records at least. */
async function cutOffAt(records: number, database: TestDatabase, rejectsFile: string, signal: NodeJS.Signals) {
  const child = spawnCli(['import', 'ndjson', file, '--rejects', rejectsFile], cliEnvironment(database))
  const ended = Promise.all([once(child, 'exit'), text(child.stderr)])
  await eventually(async () => (await doneOf(database)) >= records, 'records are imported')
  child.kill(signal)
  const [exit, errors] = await ended
  // What it has begun to commit is committed.
  await eventually(async () => (await database.count(CONNECTIONS)) === 0, 'its connections are gone')
  return { exit, errors }
}

async function assertComplete({ count }: TestDatabase, others = 0): Promise<void> {
  const users = RECORDS - bad.length
  assert.equal(await count('users'), users + others)
  assert.equal(await count(`user_roles WHERE role = 'editor'`), users)
  assert.equal(await count(`audit_events WHERE action = 'user_imported'`), users + others)
  assert.equal(await count('imports'), 0)
}
