import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { chown, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Account } from '../../../src/infrastructure/embedded-postgres/account.ts'
import { SEARCH_PATH } from './programs.ts'

export interface Started {
  /** What it is, within its folder: etcd, patroni, … */
  part: string
  /** Where it works, and where its log lies. */
  folder: string
  file: string
  args: readonly string[]
  account: Account | null
}

export interface Running {
  pid: number
  part: string
  isFrozen: boolean
}

/** Handed down to all that a program starts. */
const MARK = 'GATEHOUSE_HA'

const LOOK_AGAIN_MS = 50

export const logOf = (folder: string, part: string): string => join(folder, `${part}.log`)

/** Starts a program that outlives this process. */
export async function startProgram({ part, folder, file, args, account }: Started): Promise<void> {
  const log = logOf(folder, part)
  const outputFd = openSync(log, 'a', 0o600)
  if (account) await chown(log, account.uid, account.gid)
  const env = { PATH: SEARCH_PATH, HOME: folder, LANG: 'C.UTF-8', [MARK]: `${folder}:${part}` }
  const child = spawn(file, args, {
    cwd: folder,
    detached: true,
    env,
    stdio: ['ignore', outputFd, outputFd],
    ...account,
  })
  closeSync(outputFd)
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  child.unref()
}

/**
 * All that lives of what was started in a folder, by what the kernel knows of it: whoever started them may be gone, and
 * their numbers may be somebody else's by now.
 */
export async function runningIn(folder: string): Promise<Running[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => look(pid, folder)))
  return found.filter((running) => running !== null)
}

async function look(pid: number, folder: string): Promise<Running | null> {
  const part = await partOf(pid, folder)
  if (part === null) return null
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const state = stat.slice(stat.lastIndexOf(')') + 2).charAt(0)
  return state === 'Z' || state === '' ? null : { pid, part, isFrozen: state === 'T' }
}

/** PostgreSQL writes its titles where its environment was, but stays in its data folder. */
async function partOf(pid: number, folder: string): Promise<string | null> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  if (name === 'postgres\n') {
    const at = await readlink(`/proc/${pid}/cwd`).catch(() => '')
    if (at.startsWith(`${folder}/`)) return 'postgres'
  }
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  const prefix = `${MARK}=${folder}:`
  const mark = environment.split('\0').find((entry) => entry.startsWith(prefix))
  return mark === undefined ? null : mark.slice(prefix.length)
}

type Wanted = (running: Running) => boolean

/** Sends a signal to all that are `wanted`, and to what they start meanwhile, until none is left that it has not reached. */
async function reach(folder: string, signal: NodeJS.Signals, wanted: Wanted): Promise<void> {
  for (;;) {
    const left = (await runningIn(folder)).filter(wanted)
    if (left.length === 0) return
    for (const { pid } of left) send(pid, signal)
    await wait(LOOK_AGAIN_MS)
  }
}

export const kill = (folder: string, wanted: Wanted): Promise<void> => reach(folder, 'SIGKILL', wanted)

export const freeze = (folder: string, wanted: Wanted): Promise<void> =>
  reach(folder, 'SIGSTOP', (running) => wanted(running) && !running.isFrozen)

export const thaw = (folder: string): Promise<void> => reach(folder, 'SIGCONT', ({ isFrozen }) => isFrozen)

/** Asks them to end, once, and gives them some time for it. */
export async function end(folder: string, wanted: Wanted, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  for (const running of await runningIn(folder)) if (wanted(running)) send(running.pid, 'SIGTERM')
  while ((await runningIn(folder)).some(wanted) && Date.now() < deadline) await wait(LOOK_AGAIN_MS)
}

/** It may have ended in between. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
