import { median } from '../median.ts'
import type { Measured, Samples } from './compare.ts'
import type { ContestantName, Figure, Goal, Processor, Reading } from './row.ts'
import { type Spread, spreadOf } from './spread.ts'

/** A line of the table: Gatehouse, by itself or beside one other. */
export interface Line {
  title: string
  unit: string
  ours: Side
  beside: { name: ContestantName; side: Side; ratio: Spread } | null
  goal: Goal | null
}

/** How much more the other needed, where both are servers. */
export function processorRatio({ ours, beside }: Line): number | null {
  if (!ours.processor || !beside?.side.processor) return null
  return beside.side.processor.microsecondsEach / ours.processor.microsecondsEach
}

export interface Side {
  value: Spread
  /** Medians. */
  processor: Processor | null
}

/** A line for each figure beside each other who has it, and one for each goal that is beside nobody. */
export function linesOf({ row, samples: [ours, ...others] }: Measured): Line[] {
  return ours ? row.figures.flatMap((figure) => linesOfFigure(row.title, figure, ours, others)) : []
}

function linesOfFigure(rowTitle: string, figure: Figure, ours: Samples, others: readonly Samples[]): Line[] {
  const { key, unit, goals } = figure
  const readings = ours.ofRounds.map((sample) => sample[key])
  const about = { title: [rowTitle, figure.title].filter(Boolean).join(', '), unit, ours: sideOf(readings) }
  const besideOthers = others.flatMap(({ name, ofRounds }): Line[] => {
    const theirs = ofRounds.map((sample) => sample[key])
    if (theirs.includes(undefined)) return []
    const beside = { name, side: sideOf(theirs), ratio: ratioOf(readings, theirs) }
    return [{ ...about, beside, goal: goals.find((goal) => goal.beside === name) ?? null }]
  })
  const byItself: (Goal | null)[] = goals.filter(({ beside }) => beside === undefined)
  if (byItself.length + besideOthers.length === 0) byItself.push(null)
  return [...byItself.map((goal) => ({ ...about, beside: null, goal })), ...besideOthers]
}

/** What the goal is about: the ratio, or the figure itself. */
export const judged = ({ beside, ours }: Line): Spread => beside?.ratio ?? ours.value

export function isReached(line: Line): boolean | null {
  const { goal } = line
  if (!goal) return null
  const { median: value } = judged(line)
  return value >= (goal.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (goal.atMost ?? Number.POSITIVE_INFINITY)
}

/** Round by round, as both had the same machine then. */
function ratioOf(ours: readonly (Reading | undefined)[], theirs: readonly (Reading | undefined)[]): Spread {
  return spreadOf(ours.map((reading, round) => (reading?.value ?? Number.NaN) / (theirs[round]?.value ?? Number.NaN)))
}

function sideOf(readings: readonly (Reading | undefined)[]): Side {
  const processors = readings.flatMap((reading) => reading?.processor ?? [])
  const of = (key: keyof Processor) => median(processors.map((processor) => processor[key]))
  return {
    value: spreadOf(readings.map((reading) => reading?.value ?? Number.NaN)),
    processor:
      processors.length === 0 ? null : { microsecondsEach: of('microsecondsEach'), coresBusy: of('coresBusy') },
  }
}
