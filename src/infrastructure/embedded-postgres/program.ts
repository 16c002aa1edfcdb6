import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Account } from './account.ts'

export interface Program {
  file: string
  args: readonly string[]
  /** The folder that the program works on. */
  databaseDir: string
  account: Account | null
  /** Where its words go: an open file. */
  outputFd: number
  /** An open file that it may read too; `INHERITED_INPUT` is its name where root starts it. */
  inputFd?: number
}

/** The folder and the input as a program sees them that root starts as somebody else. */
const FOLDER_PATH = '/proc/self/fd/3'
export const INHERITED_INPUT = '/proc/self/fd/4'

/**
 * Starts one of PostgreSQL's programs on a database folder.
 *
 * Started by root, it runs as an account that perhaps cannot reach the folder by its path (a checkout under /root). So
 * it is handed the open folder itself: behind `/proc/self/fd/3` the kernel looks at the folder's own rights only.
 *
 * It gets a session of its own: Ctrl-C is for the server, which needs its database until it has drained.
 */
export function startProgram({ file, args, databaseDir, account, outputFd, inputFd }: Program): ChildProcess {
  const common: SpawnOptions = { cwd: '/', detached: true, env: programEnvironment() }
  if (!account) {
    return spawn(file, ['-D', databaseDir, ...args], { ...common, stdio: ['ignore', outputFd, outputFd] })
  }
  const folder = openSync(databaseDir, 'r')
  try {
    const stdio = ['ignore' as const, outputFd, outputFd, folder, ...(inputFd === undefined ? [] : [inputFd])]
    return spawn(file, ['-D', FOLDER_PATH, ...args], { ...common, ...account, stdio })
  } finally {
    closeSync(folder)
  }
}

/** Resolves with the exit code, or null where a signal ended it. Rejects where it could not be started. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
}

/** Without what libpq and PostgreSQL would read from it: somebody's PGDATA is not ours. */
function programEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))
  return { ...Object.fromEntries(own), LC_ALL: 'C', TZ: 'UTC' }
}
