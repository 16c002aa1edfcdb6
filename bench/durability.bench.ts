import { CARELESS, type Ground, prepareGround } from '../tests/support/durability/ground.ts'
import { CHANGES, type Change, countAcknowledged, type Ledger, noChanges } from '../tests/support/durability/ledger.ts'
import { killAgainAndAgain, stopAgainAndAgain, underLoad } from '../tests/support/durability/under-load.ts'

const KILLS = Number(process.env.DURABILITY_KILLS ?? 1_000)
const STOPS = Number(process.env.DURABILITY_STOPS ?? 200)
const CARELESS_STOPS = Math.ceil(STOPS / 20)

const CLIENTS_AT_EACH = 8

/** So many disturbances on one database; then all is compared, and the next begins. */
const IN_A_ROUND = 100

interface Result {
  acknowledged: Record<Change, number>
  lost: Record<Change, number>
  /** Registrations that were not answered and came again: made then, or there already. */
  repeated: { made: number; there: number }
  problems: string[]
}

/** One way to disturb a ground so many times, in the time of one round. */
type Disturb = (ground: Ground, times: number, ledger: Ledger) => Promise<unknown>

/**
 * Registrations, password changes, roles given and taken, logins, logouts and refreshes by many clients, while two servers
 * are killed (SIGKILL) or PostgreSQL is stopped immediately: whether all is there that was acknowledged. The last column
 * shows what the comparison sees where PostgreSQL does not wait for its disk.
 */
export async function run(): Promise<string> {
  const killed = await inRounds(KILLS, {}, killAll)
  const stopped = await inRounds(STOPS, {}, stop)
  const careless = await inRounds(CARELESS_STOPS, CARELESS, stop)
  return [
    row('acknowledged / lost', `${KILLS} kills`, `${STOPS} stops`, `${CARELESS_STOPS} stops, careless`),
    ...CHANGES.map((change) => row(change, ...[killed, stopped, careless].map((result) => figure(result, change)))),
    row('asked again: made / there', ...[killed, stopped, careless].map(({ repeated: r }) => `${r.made} / ${r.there}`)),
    ...problemsOf('kills', killed),
    ...problemsOf('stops', stopped),
  ].join('\n')
}

const killAll: Disturb = ({ sites }, times, ledger) =>
  Promise.all(sites.map((site, index) => killAgainAndAgain(site, share(times, sites.length, index), ledger)))

const stop: Disturb = ({ postgres }, times, ledger) => stopAgainAndAgain(postgres, times, ledger)

async function inRounds(times: number, settings: Record<string, string>, disturb: Disturb): Promise<Result> {
  const sum: Result = { acknowledged: noChanges(), lost: noChanges(), repeated: { made: 0, there: 0 }, problems: [] }
  for (let done = 0; done < times; done += IN_A_ROUND) {
    add(sum, await round(Math.min(IN_A_ROUND, times - done), settings, disturb))
  }
  return sum
}

async function round(times: number, settings: Record<string, string>, disturb: Disturb): Promise<Result> {
  await using ground = await prepareGround(settings, 1)
  const ledger = await underLoad(ground.sites, CLIENTS_AT_EACH, (open) => disturb(ground, times, open))
  const { lost, problems } = await ground.compare(ledger)
  await ground.verifyTrail()
  return { acknowledged: countAcknowledged(ledger), lost, repeated: ledger.repeated, problems }
}

function add(sum: Result, { acknowledged, lost, repeated, problems }: Result): void {
  for (const change of CHANGES) {
    sum.acknowledged[change] += acknowledged[change]
    sum.lost[change] += lost[change]
  }
  sum.repeated.made += repeated.made
  sum.repeated.there += repeated.there
  sum.problems.push(...problems)
}

/** Of so many, the part of one among several. */
const share = (times: number, among: number, index: number): number => Math.floor((times + index) / among)

const figure = ({ acknowledged, lost }: Result, change: Change): string => `${acknowledged[change]} / ${lost[change]}`

const row = (title: string, ...values: readonly string[]): string =>
  [title.padEnd(28), ...values.map((value) => value.padStart(20))].join('')

const problemsOf = (name: string, { problems }: Result): string[] =>
  problems.slice(0, 20).map((problem) => `${name}: ${problem}`)
