import { availableParallelism, cpus } from 'node:os'
import { CONNECTIONS, type Cost, type Costs, SECONDS } from './costs.ts'

/** Where the part begins that a person writes. */
export const BY_HAND = '## The three largest costs'

/** What takes less of both is one row. */
const LEAST_SHARE = 0.01
const DEAREST = 8

const ABOUT = [
  `What a request costs the main thread of \`npm start\`, by \`npm run bench -- profile\`: wrk, ${CONNECTIONS} connections, ` +
    `three rounds of ${SECONDS} seconds. The first, without a profile, gives the processor time of the thread and what it ` +
    'allocates on V8’s heap. The others share that out, by V8’s samples of the time and of what is allocated, the ' +
    'short-lived included. The thread has a processor that nobody takes away but the thread that samples it. The log ' +
    'goes to `/dev/null`. Hashes have the cheapest cost: they are worker threads’, and not in here.',
  'What a function does itself counts for the layer of its file. What has no file, as it is of V8 or written in C++, counts ' +
    'for the nearest caller that has one; but writing and collecting garbage have rows of their own. Time outside JavaScript ' +
    'is the rest: waiting for sockets, reading them, parsing HTTP. Where V8 has compiled one function into another, its ' +
    'bytes are counted as the other’s, its time is not.',
]

/** The whole of profile.md. */
export function reportOf(sections: readonly string[], byHand: string): string {
  const machine = `Node.js ${process.version}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores shared with wrk and PostgreSQL.`
  return `${['# A request’s own cost', ...ABOUT, machine, ...sections, byHand].join('\n\n').trimEnd()}\n`
}

/** One route: its layers, the dearest first, and below them the functions that take longest. */
export function sectionOf(title: string, costs: Costs): string {
  const { requestsPerSecond, delayedShare, byLayer, byFunction } = costs
  const isLarge = ({ microseconds, bytes }: Cost) =>
    microseconds >= LEAST_SHARE * costs.microseconds || bytes >= LEAST_SHARE * costs.bytes
  const layers = dearestFirst(byLayer)
  const large = layers.filter(([, cost]) => isLarge(cost))
  const rest = sumOf(layers.filter(([, cost]) => !isLarge(cost)).map(([, cost]) => cost))
  const longest = dearestFirst(byFunction)
    .slice(0, DEAREST)
    .map(([name, { microseconds }]) => `\`${name}\` ${timeOf(microseconds, costs)}`)
  return [
    `## ${title}`,
    [
      '| layer | µs | of the time | bytes |',
      '| :-- | --: | --: | --: |',
      ...[...large, ['the rest', rest] as const].map(([layer, cost]) => rowOf(layer, cost, costs)),
      rowOf(`**all**, ${wholeOf(requestsPerSecond)} requests a second`, costs, costs),
    ].join('\n'),
    `Longest in themselves: ${longest.join('; ')}.`,
    `Of the time that was sampled, the thread waited ${percentOf(delayedShare)} for its processor.`,
  ].join('\n\n')
}

function rowOf(layer: string, cost: Cost, all: Cost): string {
  const share = cost.microseconds / all.microseconds
  return `| ${layer} | ${timeOf(cost.microseconds, all)} | ${percentOf(share)} | ${wholeOf(cost.bytes)} |`
}

const dearestFirst = (costs: ReadonlyMap<string, Cost>): [string, Cost][] =>
  [...costs].toSorted(([, a], [, b]) => b.microseconds - a.microseconds)

const sumOf = (costs: readonly Cost[]): Cost => ({
  microseconds: costs.reduce((sum, { microseconds }) => sum + microseconds, 0),
  bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
})

/** As many digits as the samples are good for. */
const timeOf = (microseconds: number, all: Cost): string => microseconds.toFixed(all.microseconds < 100 ? 2 : 1)

const percentOf = (share: number): string => `${(100 * share).toFixed(1)} %`

const wholeOf = (value: number): string => Math.round(value).toLocaleString('en')
