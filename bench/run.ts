import { readdirSync } from 'node:fs'
import { compareAll, compareOne, rowNames } from './comparison/comparison.ts'

/** `npm run bench` runs the comparison; `npm run bench -- NAME` a row of it, or one of the `*.bench.ts` here. */
const [wanted] = process.argv.slice(2)
const benches = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))

process.stdout.write(`\n${await report()}\n`)

async function report(): Promise<string> {
  if (wanted === undefined) return compareAll()
  if (rowNames().includes(wanted)) return compareOne(wanted)
  if (!benches.includes(wanted)) throw new Error(`There is no ${wanted}: ${[...rowNames(), ...benches].join(', ')}`)
  const { run }: { run: () => Promise<string> } = await import(`./${wanted}.bench.ts`)
  return run()
}
