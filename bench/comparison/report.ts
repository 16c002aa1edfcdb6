import { isReached, type Line, processorRatio, type Side } from './lines.ts'
import type { Fact } from './machine.ts'
import type { Goal } from './row.ts'
import type { Spread } from './spread.ts'

const HEAD = [
  'what',
  'beside',
  'ratio',
  'goal',
  '',
  'by processor',
  'Gatehouse',
  'the other',
  'processor each',
  'cores busy',
]
const ALIGNED = [':--', ':--', '--:', '--:', ':-:', '--:', '--:', '--:', '--:', '--:']

/** The table of all lines, in Markdown. */
export function tableOf(lines: readonly Line[]): string {
  return [HEAD, ALIGNED, ...lines.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The whole of results.md. */
export function reportOf(lines: readonly Line[], facts: readonly Fact[], failures: readonly string[]): string {
  return [
    '# The comparison',
    'Written by `npm run bench`; what each line is and how it is measured: [README.md](README.md).',
    ...failures.map((failure) => `**Not measured**: ${failure}`),
    '![Each ratio beside its goal](results.svg)',
    tableOf(lines),
    LEGEND,
    facts.map(({ name, value }) => `- ${name}: ${value}`).join('\n'),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n')
}

const LEGEND =
  'Ratios are medians of the ratios of each round, with the least and the most; figures are medians. “Processor each” is ' +
  'what the process of the server used for an answer, Gatehouse’s and the other’s, “by processor” the ratio that this ' +
  'would be, and “cores busy” how much of a core they kept busy: where that is well below 1, the load or the database was ' +
  'the limit, or others used the machine, and the processor says more than the answers per second.'

function cellsOf(line: Line): string[] {
  const { title, beside, goal, ours, unit } = line
  return [
    title,
    beside?.name ?? '',
    beside ? ratioOf(beside.ratio) : '',
    goal ? goalOf(goal, unit) : '',
    verdictOf(isReached(line)),
    numberOrNone(processorRatio(line)),
    `${numberOf(ours.value.median)} ${unit}${beside ? '' : ` (${numberOf(ours.value.least)}–${numberOf(ours.value.most)})`}`,
    beside ? `${numberOf(beside.side.value.median)} ${unit}` : '',
    pairOf(ours, beside?.side, ({ microsecondsEach }) => timeOf(microsecondsEach)),
    pairOf(ours, beside?.side, ({ coresBusy }) => coresBusy.toFixed(2)),
  ]
}

function verdictOf(reached: boolean | null): string {
  if (reached === null) return ''
  return reached ? 'yes' : '**no**'
}

const ratioOf = ({ median, least, most }: Spread): string =>
  `**${numberOf(median)}** (${numberOf(least)}–${numberOf(most)})`

/** A multiple of the other's, or with the unit what it is by itself. */
export function goalOf({ beside, atLeast, atMost }: Goal, unit: string): string {
  const bound = atLeast === undefined ? `≤ ${numberOf(atMost ?? 0)}` : `≥ ${numberOf(atLeast)}`
  return beside === undefined ? `${bound} ${unit}` : bound
}

function pairOf(ours: Side, theirs: Side | undefined, write: (processor: NonNullable<Side['processor']>) => string) {
  return [ours.processor, theirs?.processor]
    .map((processor) => (processor ? write(processor) : ''))
    .filter(Boolean)
    .join(' / ')
}

const timeOf = (microseconds: number): string =>
  microseconds < 1000 ? `${microseconds.toFixed(1)} µs` : `${(microseconds / 1000).toFixed(1)} ms`

const numberOrNone = (value: number | null): string => (value === null ? '' : numberOf(value))

/** Three digits that count, as more are noise. */
export function numberOf(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: Math.abs(value) >= 1000 ? 4 : 3 })
}
