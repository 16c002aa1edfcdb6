import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freshEnvironment } from './server-process.ts'
import { APP_SECRET, type TestDatabase } from './test-database.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** What the command line needs to work on the database of a test's servers. */
export const cliEnvironment = ({ url }: TestDatabase): Record<string, string> => ({ DATABASE_URL: url, APP_SECRET })

/** The command line as a process of its own. */
export const spawnCli = (args: readonly string[], env: Record<string, string>) =>
  spawn(process.execPath, [CLI, ...args], { cwd: tmpdir(), env: freshEnvironment(env) })

export async function runCli(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawnCli(args, env)
  const [[code], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  return { code, output, errors }
}
