import { CHANGES, type Change } from '../../../tests/support/durability/ledger.ts'
import type { Blow, DrillResult } from './drill.ts'
import { WAYS } from './strike.ts'

/** Of docs/security.md, P2. */
const PROMISED_SECONDS = 45
/** A server that was asked 40 times a second and answered later than this was away. */
const PROMISED_GAP_MS = 3_000

const SHOWN = 20

/** What of P2 does not hold, in words; empty where all of it does. */
export function brokenPromises({ blows, cutShort, comparison, checks, unknown, trail }: DrillResult): string[] {
  const p95 = quantile(pausesOf(blows), 0.95)
  const others = checks.flatMap(({ others }) => Object.entries(others))
  const gap = Math.max(...checks.map(({ longestGapMs }) => longestGapMs))
  return [
    ...(cutShort === null ? [] : [cutShort]),
    ...comparison.problems,
    ...unknown,
    ...(p95 > PROMISED_SECONDS ? [`writes were back after ${p95.toFixed(1)} s at the 95th percentile`] : []),
    ...others.map(([status, count]) => `${count} checks of tokens were answered with ${status}`),
    ...(gap > PROMISED_GAP_MS ? [`no token was let pass for ${Math.round(gap)} ms`] : []),
    ...(trail === null ? [] : [`audit verify: ${trail}`]),
  ]
}

export function describeDrill(result: DrillResult): string {
  const { blows, acknowledged, comparison, checks, unknown, trail } = result
  const broken = brokenPromises(result)
  return [
    '',
    'nothing acknowledged for (s)     times   median      p95      max',
    ...WAYS.map((way) =>
      line(
        way,
        blows.filter((blow) => blow.way === way),
      ),
    ),
    line('all', blows),
    '',
    'acknowledged / lost',
    ...CHANGES.map((change: Change) => `  ${change.padEnd(20)} ${acknowledged[change]} / ${comparison.lost[change]}`),
    '',
    ...checks.map(
      ({ asked, unseen, others, longestGapMs }, index) =>
        `tokens checked by gatehouse${index + 1}: ${asked}, of which ${unseen} were new to it; ` +
        `answered otherwise than 204: ${sum(Object.values(others))}; longest gap ${Math.round(longestGapMs)} ms`,
    ),
    `changes of rights that a server does not know: ${unknown.length}`,
    `audit verify: ${trail === null ? 'whole' : 'NOT WHOLE'}`,
    '',
    broken.length === 0 ? 'P2 holds.' : ['P2 DOES NOT HOLD:', ...broken.slice(0, SHOWN)].join('\n  '),
  ].join('\n')
}

function line(title: string, blows: readonly Blow[]): string {
  const pauses = pausesOf(blows)
  const figures = blows.length === 0 ? [] : [0.5, 0.95, 1].map((rank) => quantile(pauses, rank).toFixed(1))
  return `  ${title.padEnd(28)} ${[String(blows.length), ...figures].map((figure) => figure.padStart(8)).join(' ')}`
}

const pausesOf = (blows: readonly Blow[]): number[] => blows.map(({ pauseSeconds }) => pauseSeconds)

/** By the nearest rank: of ten the 95th percentile is the largest. */
function quantile(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? 0
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
