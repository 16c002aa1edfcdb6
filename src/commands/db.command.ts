import { type Command, InvalidArgumentError } from 'commander'
import { type AnswerOptions, addLeaf } from './leaf.ts'
import type { ListedChange, MovedDatabase, Operations } from './operations.ts'
import { createTable } from './table.ts'
import { counted } from './words.ts'
import { note, writeAnswer } from './write-answer.ts'

export function addDbCommands(program: Command, operations: Operations): void {
  const db = program.command('db').description('the database')
  addStatus(db, operations)
  addMigrate(db, operations)
  addMove(db, operations)
}

function addStatus(db: Command, { listChanges }: Operations): void {
  addLeaf(db, 'status', {
    description: 'show which migrations and seeds are applied; exits with 1 where one is waiting; changes nothing',
    examples: ['gatehouse db status', 'gatehouse db status --json'],
    notes: 'What is newer was applied by a later version, and does no harm.',
  }).action(async (options: AnswerOptions) => {
    const { migrations, seeders } = await listChanges()
    const all = [...migrations, ...seeders]
    const waiting = all.filter(({ state }) => state === 'waiting').length
    if (waiting > 0) process.exitCode = 1
    const linesOf = createTable<ListedChange>([
      ['STATE', ({ state }) => state],
      ['NAME', ({ name }) => name],
    ])
    const last = waiting > 0 ? `${counted(waiting, 'change')} waiting: db migrate` : 'It is up to date.'
    writeAnswer(options, { isCurrent: waiting === 0, migrations, seeders }, [
      ...linesOf(all).trimEnd().split('\n'),
      last,
    ])
  })
}

function addMigrate(db: Command, { migrateDatabase }: Operations): void {
  addLeaf(db, 'migrate', {
    description: 'bring the database up to date, as the start of a server does',
    examples: ['gatehouse db migrate'],
    notes: 'Servers of the version before go on serving meanwhile. The first administrator is made by the first start.',
  }).action(async (options: AnswerOptions) => {
    const { migrations, seeders } = await migrateDatabase()
    const all = [...migrations, ...seeders]
    const last = all.length === 0 ? 'Nothing was waiting.' : `${counted(all.length, 'change')} applied.`
    writeAnswer(options, { migrations, seeders }, [...all, last])
  })
}

function addMove(db: Command, { moveDatabase }: Operations): void {
  addLeaf(db, 'move', {
    description:
      'copy everything from the embedded database to a PostgreSQL server, and compare; the server is stopped',
    examples: ["gatehouse db move 'postgres://gatehouse@db.example.com/gatehouse?sslmode=verify-full'"],
    notes: `The database is made before: createdb --host=db.example.com --username=gatehouse gatehouse
The password can stand in the URL; in PGPASSWORD or ~/.pgpass nobody sees it who lists processes.
Everything arrives, or nothing: it can be killed and run again. The embedded database stays as it is.`,
  })
    .argument('<url>', 'an empty database of that server, 13 or later', readUrl)
    .action(async (url: string, options: AnswerOptions) => {
      const moved = await moveDatabase(url, note)
      writeAnswer(options, moved, movedLines(moved))
    })
}

function readUrl(text: string): string {
  if (!/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new InvalidArgumentError('It is a URL such as postgres://user@host/database.')
  }
  return text
}

function movedLines({ tables, rows, dataDir, appSecretFile }: MovedDatabase): string[] {
  const secret = appSecretFile === null ? 'as it is set now' : `what stands in ${appSecretFile}`
  return `${tables} tables with ${rows} rows are moved; counts and sums are the same on both sides.

Before the next start, set
  DATABASE_URL  the URL that you gave, with the password
  APP_SECRET    ${secret}
  HOST          127.0.0.1, if others must not reach it: with DATABASE_URL it listens on every address
and leave PORT and PUBLIC_URL as they are, so that tokens stay good.

The embedded database in ${dataDir} is left as it was. What is written from now on is not in it.`.split('\n')
}
