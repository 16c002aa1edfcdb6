import { isReached, judged, type Line } from './lines.ts'
import { goalOf, numberOf } from './report.ts'
import type { Spread } from './spread.ts'

const WIDTH = 1000
const ROW = 26
const TOP = 64
const BOTTOM = 18
const LEFT = 420
const RIGHT = 110
const BAR = 14

/** How many times worse and better than the goal the ends of the axis are. What is past them is cut there. */
const WORST = 0.5
const BEST = 16
const TICKS = [0.5, 1, 2, 4, 8, 16]

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .card { fill: #ffffff; stroke: #d1d9e0 } .grid { stroke: #e6eaef } .goal { stroke: #1f2328 }
  .faint { fill: #59636e } .reached { fill: #2da44e } .missed { fill: #cf4a22 } .spread { stroke: #1f2328 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .card { fill: #0d1117; stroke: #3d444d } .grid { stroke: #262c36 } .goal { stroke: #f0f6fc }
    .faint { fill: #9198a1 } .reached { fill: #2ea043 } .missed { fill: #db6d28 } .spread { stroke: #f0f6fc }
  }`

/**
 * A bar for each goal, from the goal to what was measured, with a line from the worst round to the best: to the right is
 * better. It has a ground of its own, so that it can be read on any page.
 */
export function plotOf(lines: readonly Line[]): string {
  const plotted = lines.filter(({ goal }) => goal !== null)
  const height = TOP + plotted.length * ROW + BOTTOM
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Each figure beside its goal">`,
    `<style>${STYLE}</style>`,
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>`,
    `<text x="16" y="26" font-weight="600">What was measured, as a multiple of its goal</text>`,
    ...TICKS.flatMap((tick) => tickOf(tick, height)),
    ...plotted.flatMap((line, index) => barOf(line, TOP + index * ROW)),
    '</svg>',
    '',
  ].join('\n')
}

function tickOf(share: number, height: number): string[] {
  const x = xOf(share)
  const isGoal = share === 1
  return [
    `<line class="${isGoal ? 'goal' : 'grid'}" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${height - BOTTOM}"/>`,
    `<text class="faint" x="${x}" y="${TOP - 14}" text-anchor="middle">${isGoal ? 'goal' : `${share} ×`}</text>`,
  ]
}

function barOf(line: Line, y: number): string[] {
  const { median, least, most } = sharesOf(line)
  const middle = y + ROW / 2
  const [from, to] = [xOf(1), xOf(median)]
  const left = Math.min(from, to)
  const width = Math.max(Math.abs(to - from), 1)
  return [
    `<text x="16" y="${middle + 4}">${textOf(titleOf(line))}</text>`,
    `<rect class="${isReached(line) ? 'reached' : 'missed'}" x="${left}" y="${middle - BAR / 2}" width="${width.toFixed(1)}" height="${BAR}"/>`,
    `<line class="spread" x1="${xOf(least)}" x2="${xOf(most)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${WIDTH - 16}" y="${middle + 4}" text-anchor="end">${textOf(figureOf(line))}</text>`,
  ]
}

/** As multiples of the goal, more than 1 where it is exceeded. */
function sharesOf(line: Line): Spread {
  const { median, least, most } = judged(line)
  const { atLeast, atMost = Number.NaN } = line.goal ?? {}
  const share = (value: number) => (atLeast === undefined ? atMost / value : value / atLeast)
  return { median: share(median), least: share(least), most: share(most) }
}

function xOf(share: number): number {
  const place = Math.log(Math.min(Math.max(share, WORST), BEST) / WORST) / Math.log(BEST / WORST)
  return Math.round((LEFT + place * (WIDTH - LEFT - RIGHT - 16)) * 10) / 10
}

function titleOf({ title, beside }: Line): string {
  return `${title.replaceAll('`', '')}${beside ? ` / ${beside.name}` : ''}`
}

function figureOf(line: Line): string {
  const { goal, unit } = line
  return goal ? `${numberOf(judged(line).median)} (${goalOf(goal, unit)})` : ''
}

const textOf = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
