import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { findRunning, startEmbeddedPostgres } from '../src/infrastructure/embedded-postgres/embedded-postgres.ts'
import { createLog } from '../src/infrastructure/log.ts'
import { fillLogins, unsealed } from './fill-logins.ts'
import { fillUsers } from './fill-users.ts'
import { npmStart, npmStop } from './gatehouse.ts'
import { type MeasuredCommand, measureCommand } from './measured-command.ts'

const USERS = 100_000
const LOOK_MS = 20

/** `gatehouse db move` with many users who have all logged in: killed in the middle, and then whole. */
export async function run(): Promise<string> {
  await using folders = new AsyncDisposableStack()
  const [dataDir, targetDir] = [await newFolder(folders), await newFolder(folders)]
  await fill(dataDir)
  const target = await startEmbeddedPostgres({ dataDir: targetDir, log: createLog({ level: 'warn', readable: false }) })
  folders.defer(target.stop)
  const killed = await move(dataDir, target.url, /^users: /m)
  const left = await tablesIn(target.url)
  const whole = await move(dataDir, target.url)
  const rows = Number(/ (\d+) rows are moved/.exec(whole.output)?.[1])
  return [
    whole.progress.trimEnd(),
    `killed behind the users: exit code ${killed.code}, tables left in the target: ${left}`,
    `then: exit code ${whole.code}, ${rows} rows in ${whole.seconds.toFixed(1)} s, ` +
      `${Math.round(rows / whole.seconds)} rows a second, ${Math.round(whole.peakMb)} MB at most`,
  ].join('\n')
}

async function newFolder(folders: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'))
  folders.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function fill(dataDir: string): Promise<void> {
  const { npm } = await npmStart(dataDir)
  const url = (await findRunning(dataDir)) ?? ''
  await fillUsers(url, USERS)
  const client = new pg.Client(url)
  await client.connect()
  await fillLogins(client)
  while ((await unsealed(client)) > 0) await wait(LOOK_MS)
  await client.end()
  await npmStop(npm, dataDir)
}

/** Runs the command, until its progress says `killedAt` or it ends. */
function move(dataDir: string, url: string, killedAt: RegExp | null = null): Promise<MeasuredCommand> {
  return measureCommand(['db', 'move', url], dataDir, (progress, child) => {
    if (killedAt?.test(progress)) child.kill('SIGKILL')
  })
}

async function tablesIn(url: string): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query(`SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'`)
    return rows[0].count
  } finally {
    await client.end()
  }
}
