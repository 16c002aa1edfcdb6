import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Node, startNode } from '../tests/support/node.ts'
import { startOwnPostgres } from '../tests/support/own-postgres.ts'
import { eventually } from '../tests/support/server-process.ts'
import { type LoadResult, startSteadyLoad } from '../tests/support/steady-load.ts'
import { databaseAt } from '../tests/support/test-database.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const BESIDE_MS = 5_000

/**
 * An upgrade as it is: the version of a commit serves under load, today's files start beside it on the same database and
 * migrate it, both serve, and the old one leaves. `npm run bench -- upgrade REF`; without one, it is the commit before the
 * last that touched a migration. Today's packages are used for both.
 */
export async function run(): Promise<string> {
  const ref = process.argv[3] ?? beforeLastMigration()
  await using running = new AsyncDisposableStack()
  const folder = running.adopt(await sourcesOf(ref), (made) => rm(made, { recursive: true }))
  const postgres = running.use(await startOwnPostgres())
  const database = databaseAt(postgres.url)
  const old = running.use(await startNode(database, {}, undefined, join(folder, 'src/server.ts')))
  const account = await old.register()
  const load = startSteadyLoad(old.url, account)
  running.defer(async () => void (await load.stop()))
  const startedAt = performance.now()
  const young = running.use(await startNode(database))
  const startSeconds = (performance.now() - startedAt) / 1000
  const youngLoad = startSteadyLoad(young.url, account)
  running.defer(async () => void (await youngLoad.stop()))
  const heard = [await secondsUntilRefused(old, young), await secondsUntilRefused(young, old)]
  await new Promise((resolve) => setTimeout(resolve, BESIDE_MS))
  const ready = await Promise.all([old, young].map((node) => node.statusOf('GET', '/readyz')))
  const results = [await load.stop(), await youngLoad.stop()] as const
  const code = await old.end('SIGTERM')
  const applied = young.output().match(/migrations: applied/g)?.length ?? 0
  return [
    `from ${ref} to the files here: ${applied} migrations applied, the new version served after ${startSeconds.toFixed(1)} s`,
    lineOf('old', results[0]),
    lineOf('new', results[1]),
    `a session that one ended was refused by the other after ${heard.map((s) => s.toFixed(2)).join(' and ')} s`,
    `/readyz of both: ${ready.join(', ')}; the old one left with ${code}`,
  ].join('\n')
}

function beforeLastMigration(): string {
  return `${git('log', '-1', '--format=%h', '--', 'migrations').trim()}^`
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** The files of a commit, with the packages that are installed here. */
async function sourcesOf(ref: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-upgrade-'))
  const archive = join(folder, 'sources.tar')
  git('archive', '--output', archive, ref)
  const { status, stderr } = spawnSync('tar', ['-xf', archive, '-C', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  await rm(archive)
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

async function secondsUntilRefused(one: Node, other: Node): Promise<number> {
  const { token } = await one.register()
  await one.statusOf('POST', '/logout', token)
  const startedAt = performance.now()
  await eventually(async () => !(await other.lets(token)), 'the ended session is refused')
  return (performance.now() - startedAt) / 1000
}

const lineOf = (name: string, { answered, failed }: LoadResult): string =>
  [`${name}: ${answered} answered, ${failed.length} failed`, ...failed.slice(0, 20)].join('\n')
