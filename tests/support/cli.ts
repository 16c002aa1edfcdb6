import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freshEnvironment } from './server-process.ts'
import { APP_SECRET, type TestDatabase } from './test-database.ts'

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The program and the arguments that `npm run gatehouse` starts. */
export const CLI = [process.execPath, '--import', fileOf('config/compile-cache.js'), fileOf('src/cli.ts')] as const

/** What the command line needs to work on the database of a test's servers. */
export const cliEnvironment = ({ url }: TestDatabase): Record<string, string> => ({ DATABASE_URL: url, APP_SECRET })

/** The command line as a process of its own. */
export const spawnCli = (args: readonly string[], env: Record<string, string>) =>
  spawn(CLI[0], [...CLI.slice(1), ...args], { cwd: tmpdir(), env: freshEnvironment(env) })

export interface CliResult {
  code: number | null
  output: string
  errors: string
}

/** Runs it to its end, with `input` as its standard input, which is no terminal. */
export async function runCli(args: readonly string[], env: Record<string, string>, input = ''): Promise<CliResult> {
  const child = spawnCli(args, env)
  // What is never read may be gone before it is written.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [[code], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  return { code, output, errors }
}
