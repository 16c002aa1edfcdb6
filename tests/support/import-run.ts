import { readFile } from 'node:fs/promises'
import { type CliResult, cliEnvironment, runCli } from './cli.ts'
import type { TestDatabase } from './test-database.ts'

export interface ImportRun extends CliResult {
  /** What `--json` has written, and null where that is nothing. */
  report: Record<string, unknown> | null
  rejects: RejectLine[]
}

export interface RejectLine {
  number: number
  line: number | null
  email: string | null
  reason: string
}

/** What a slow machine sees more of. */
const PROGRESS = /^ *\d+ %, [\d,]+ users\n/gm

/** Runs `gatehouse import` with `--json`. What is rejected goes into `rejectsFile`. */
export async function runImport(
  args: readonly string[],
  database: TestDatabase,
  rejectsFile: string,
): Promise<ImportRun> {
  const all = ['import', ...args, '--rejects', rejectsFile, '--json']
  const result = await runCli(all, cliEnvironment(database))
  const report = result.output === '' ? null : JSON.parse(result.output)
  const errors = result.errors.replaceAll(PROGRESS, '')
  return { ...result, errors, report, rejects: await readRejects(rejectsFile) }
}

export async function readRejects(file: string): Promise<RejectLine[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
