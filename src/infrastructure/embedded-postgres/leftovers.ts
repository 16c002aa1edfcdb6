import { execFile } from 'node:child_process'
import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'

/** What `postmaster.pid` says (PostgreSQL's miscadmin.h): line 1 the process, line 4 the port, line 8 its state. */
export interface PostmasterFile {
  pid: number
  port: number
  ready: boolean
}

export async function readPostmasterFile(databaseDir: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(databaseDir, 'postmaster.pid'), 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n').map((line) => line.trim())
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7] === 'ready' }
}

/**
 * Clears what a killed server left: its database, which goes on by itself; that database's processes, where it was
 * killed too; and a lock file whose process number belongs to somebody else by now (after a restart of a container).
 * Throws where the database has a living owner.
 */
export async function clearLeftovers(databaseDir: string, isOwned: (port: number) => Promise<boolean>): Promise<void> {
  const left = await readPostmasterFile(databaseDir)
  if (!left) return
  if (await worksIn(left.pid, databaseDir)) {
    if (await isOwned(left.port)) throw new Error(`Another server is running on the data in ${databaseDir}.`)
    await stopProcess(left.pid)
  }
  for (const pid of await processesIn(databaseDir)) await stopProcess(pid)
  await rm(join(databaseDir, 'postmaster.pid'), { force: true })
}

/** Fast shutdown, then immediate, then by force; each has some seconds. */
export async function stopProcess(pid: number): Promise<void> {
  for (const [signal, seconds] of [
    ['SIGINT', 10],
    ['SIGQUIT', 3],
    ['SIGKILL', 3],
  ] as const) {
    if (!send(pid, signal)) return
    const deadline = Date.now() + seconds * 1000
    while (isAlive(pid) && Date.now() < deadline) await wait(20)
  }
}

export const isAlive = (pid: number): boolean => send(pid, 0)

/** False where there is no such process. Signal 0 only asks. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether a process is PostgreSQL on this database: its processes have the folder as working directory. */
async function worksIn(pid: number, databaseDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null)
    // Somebody's shell may stand there too.
    const program = folder === databaseDir && (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null))
    return program === 'postgres\n'
  }
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command='])
  return stdout.includes(databaseDir)
}

/** Only Linux tells; elsewhere PostgreSQL itself waits for those that still hold its shared memory. */
async function processesIn(databaseDir: string): Promise<number[]> {
  if (process.platform !== 'linux') return []
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(pids.map((pid) => worksIn(pid, databaseDir)))
  return pids.filter((_, index) => found[index])
}
