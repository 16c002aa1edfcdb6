import assert from 'node:assert/strict'
import { expose } from '../../src/infrastructure/exposition.ts'
import type { TestServer } from './test-server.ts'

export interface Series {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

/** What an exposition says, by the text format itself. Fails where a line is none. */
export interface Exposed {
  text: string
  series: Series[]
  /** By the name of a metric: `counter`, `gauge` or `histogram`. */
  types: ReadonlyMap<string, string>
  /** The sum of all series of a name that have these labels; 0 where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|Nan|[+-]Inf|-?[\d.]+(?:e[+-]?\d+)?)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g

export function readExposition(text: string): Exposed {
  const types = new Map<string, string>()
  const series: Series[] = []
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line)
    if (type?.[1] && type[2]) types.set(type[1], type[2])
    else if (!line.startsWith('# HELP ')) series.push(seriesIn(line))
  }
  return { text, series, types, sum }

  function sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return series
      .filter(
        (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
      )
      .reduce((total, { value }) => total + value, 0)
  }
}

/** What a server of this process would answer. */
export async function exposed({ metrics }: TestServer): Promise<Exposed> {
  return readExposition((await expose([await metrics.collect()])).text)
}

function seriesIn(line: string): Series {
  const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? []
  assert.notEqual(name, '', `no line of an exposition: ${line}`)
  const pairs = [...labels.matchAll(LABEL)]
  assert.equal(pairs.map(([whole]) => whole).join(''), labels, line)
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = '', of = '']) => [label, of])),
    value: Number(value.replace('Inf', 'Infinity')),
  }
}
