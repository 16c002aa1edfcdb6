import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import bcrypt from 'bcrypt'
import { PASSWORD } from './fill-users.ts'
import { median } from './median.ts'
import { explainRequests } from './users-plans.ts'
import { type Kind, LISTS, WRITES } from './users-requests.ts'
import { type ApiRequest, type Site, startSite } from './users-site.ts'

const FEW = 1_000
const MANY = 1_000_000
const WARM_UP_ROUNDS = 10
const ROUNDS = 50
const PLANS_FILE = join(import.meta.dirname, 'plans', 'users.md')

/** What administrators ask of a server with a thousand users and of one with a million, in turns. */
export async function run(): Promise<string> {
  await using few = await startSite(FEW)
  await using many = await startSite(MANY)
  const rows: string[] = []
  for (const kind of [...LISTS, ...WRITES]) rows.push(row(kind.title, await measure(kind, few, many)))
  await write(PLANS_FILE, await explainRequests(many))
  return [
    columns('milliseconds', '1,000 users', '1,000,000 users', 'ratio', 'slowest of these'),
    ...rows,
    '',
    `Medians of ${ROUNDS} rounds. A login and a registration contain one bcrypt hash, which alone takes ${await hashMs()}.`,
    'The statements and their plans are in bench/plans/users.md.',
  ].join('\n')
}

interface Round {
  few: number
  many: number
}

async function measure(kind: Kind, few: Site, many: Site): Promise<Round[]> {
  const toFew = kind.requestsTo(few)
  const toMany = kind.requestsTo(many)
  const rounds: Round[] = []
  for (let index = 0; index < WARM_UP_ROUNDS + ROUNDS; index++) {
    const round = { few: await timed(few, toFew, index), many: await timed(many, toMany, index) }
    if (index >= WARM_UP_ROUNDS) rounds.push(round)
  }
  return rounds
}

async function timed(site: Site, requests: readonly ApiRequest[], index: number): Promise<number> {
  const request = requests[index % requests.length]
  if (!request) throw new Error('A kind of request without a request.')
  const startedAt = performance.now()
  await site.ask(request)
  return performance.now() - startedAt
}

function row(title: string, rounds: readonly Round[]): string {
  const few = median(rounds.map((round) => round.few))
  const many = median(rounds.map((round) => round.many))
  const slowest = Math.max(...rounds.map((round) => round.many))
  return columns(title, few.toFixed(1), many.toFixed(1), (many / few).toFixed(2), slowest.toFixed(1))
}

function columns(title: string, ...values: readonly string[]): string {
  return [title.padEnd(43), ...values.map((value) => value.padStart(17))].join('')
}

async function hashMs(): Promise<string> {
  const hash = await bcrypt.hash(PASSWORD, 10)
  const times: number[] = []
  for (let index = 0; index < 10; index++) {
    const startedAt = performance.now()
    await bcrypt.compare(PASSWORD, hash)
    times.push(performance.now() - startedAt)
  }
  return median(times).toFixed(1)
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
