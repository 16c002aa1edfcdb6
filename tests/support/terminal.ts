import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { CLI } from './cli.ts'
import { freshEnvironment } from './server-process.ts'

/** What is typed as soon as the screen shows it. */
export type Typed = readonly [shown: string, keys: string]

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The command line on a terminal of its own, by util-linux's `script`; its standard output goes to a file. */
export async function onTerminal(
  args: readonly string[],
  env: Record<string, string>,
  { typed, outputFile }: { typed: readonly Typed[]; outputFile: string },
): Promise<{ code: number | null; screen: string }> {
  const command = `${[...CLI, ...args].map(quoted).join(' ')} > ${quoted(outputFile)}`
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: tmpdir(), env: freshEnvironment(env) })
  const left = [...typed]
  let screen = ''
  child.stdout.on('data', (chunk) => {
    screen += chunk
    const [shown, keys] = left[0] ?? []
    if (shown === undefined || !screen.includes(shown)) return
    left.shift()
    child.stdin.write(keys)
  })
  const [code] = await once(child, 'close')
  return { code, screen }
}
