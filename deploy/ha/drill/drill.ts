import { randomInt } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { cliEnvironment, runCli } from '../../../tests/support/cli.ts'
import { type Comparison, compare } from '../../../tests/support/durability/compare.ts'
import { type Change, countAcknowledged, ROLE } from '../../../tests/support/durability/ledger.ts'
import { underLoad } from '../../../tests/support/durability/under-load.ts'
import { databaseAt } from '../../../tests/support/test-database.ts'
import { isComplete, primaryOf } from '../trial/health.ts'
import type { Machine } from '../trial/layout.ts'
import { databaseUrl, type Trial } from '../trial/trial.ts'
import { within } from '../trial/within.ts'
import { type CheckResult, probeChecks } from './checks.ts'
import { findUnknown } from './feed.ts'
import { sitesOf } from './sites.ts'
import { isReplacedAfter, revive, strike, type Way } from './strike.ts'
import { probeWrites, type WriteProbe } from './writes.ts'

export interface Blow {
  way: Way
  machine: Machine
  /** How long nothing was acknowledged at one of the servers, from the blow until all is whole again. */
  pauseSeconds: number
}

export interface DrillResult {
  blows: Blow[]
  /** Why it ended early: the primary or its standbys did not come back. */
  cutShort: string | null
  acknowledged: Record<Change, number>
  comparison: Comparison
  checks: CheckResult[]
  unknown: string[]
  /** What `audit verify` says where it is not content. */
  trail: string | null
}

const CLIENTS_AT_EACH = 4
/** So many tokens are made before that one can be checked all the time that none can be made. */
const STOCK_MS = 4_000
const BACK_SECONDS = 120
const WHOLE_SECONDS = 180
const FEED_CAUGHT_UP_MS = 3_000

/** Strikes the primary once for each of `ways` while clients act at both servers, and compares what became of it all. */
export async function drill(trial: Trial, ways: readonly Way[], say: (line: string) => void): Promise<DrillResult> {
  const { nodes, adminToken, paced, first } = await sitesOf(trial)
  await nodes[0].statusOf('POST', '/roles', adminToken, { name: ROLE })
  const { token: known } = await nodes[0].register()
  const checks = nodes.map((node) => probeChecks(node, known))
  const remember = (token: string) => {
    for (const check of checks) check.add(token)
  }
  const writes = nodes.map((node) => probeWrites(node, remember))
  const blows: Blow[] = []
  let cutShort: string | null = null
  const ledger = await underLoad(paced, CLIENTS_AT_EACH, async () => {
    await wait(STOCK_MS)
    for (const way of ways) {
      try {
        const blow = await strikeOnce(trial, way, writes)
        blows.push(blow)
        say(`${way.padEnd(16)} ${blow.machine}  nothing was acknowledged for ${blow.pauseSeconds.toFixed(1)} s`)
      } catch (error) {
        // What was acknowledged until then is compared all the same.
        cutShort = `${way}: ${error instanceof Error ? error.message : String(error)}`
        break
      }
    }
  })
  await Promise.all(writes.map((probe) => probe.stop()))
  const checkResults = await Promise.all(checks.map((probe) => probe.stop()))
  say(`comparing what became of ${ledger.acknowledged} changes`)
  await wait(FEED_CAUGHT_UP_MS)
  const unknown = (await Promise.all(nodes.map((node) => findUnknown(ledger, node)))).flat()
  const database = databaseAt(databaseUrl(trial))
  return {
    blows,
    cutShort,
    acknowledged: countAcknowledged(ledger),
    unknown,
    comparison: await compare(ledger, database, first),
    checks: checkResults,
    trail: await verifyTrail(trial),
  }
}

/** Once there is a primary with its standbys; and until there is one again. */
async function strikeOnce(trial: Trial, way: Way, writes: readonly WriteProbe[]): Promise<Blow> {
  await within(WHOLE_SECONDS, 'one primary and two standbys', () => isComplete(trial))
  await wait(randomInt(0, 2_000))
  const machine = await primaryOf(trial)
  if (!machine) throw new Error('There is no primary.')
  const from = performance.now()
  await strike(trial, machine, way)
  await within(BACK_SECONDS, 'another primary', async () => !isReplacedAfter(way) || (await isReplaced(trial, machine)))
  const replacedAt = performance.now()
  const isBack = async () => writes.every((probe) => probe.hasBeenAcknowledgedSince(replacedAt))
  await within(BACK_SECONDS, 'both servers acknowledge writes', isBack)
  await revive(trial, machine)
  await within(WHOLE_SECONDS, 'the old primary is a standby', () => isComplete(trial))
  return { way, machine, pauseSeconds: Math.max(...writes.map((probe) => probe.longestPause(from))) / 1000 }
}

async function isReplaced(trial: Trial, machine: Machine): Promise<boolean> {
  const primary = await primaryOf(trial)
  return primary !== null && primary !== machine
}

async function verifyTrail({ secrets, ...trial }: Trial): Promise<string | null> {
  const environment = cliEnvironment(databaseAt(databaseUrl({ secrets, ...trial })))
  const { code, output, errors } = await runCli(['audit', 'verify'], { ...environment, APP_SECRET: secrets.appSecret })
  return code === 0 ? null : output + errors
}
