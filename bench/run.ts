import { readdirSync } from 'node:fs'

/** `npm run bench` runs every `*.bench.ts` here, one after the other; `npm run bench -- NAME` runs one. */
const [wanted] = process.argv.slice(2)
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''))
if (wanted !== undefined && !names.includes(wanted)) throw new Error(`There is no bench ${wanted}: ${names.join(', ')}`)

for (const name of wanted === undefined ? names : [wanted]) {
  const { run }: { run: () => Promise<string> } = await import(`./${name}.bench.ts`)
  process.stdout.write(`\n${name}\n\n${await run()}\n`)
}
