import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** The process that npm's shell started, or became. Linux only. */
export async function serverPid(npm: ChildProcess): Promise<number> {
  let pid = npm.pid
  for (let child = pid; child !== undefined; child = await childOf(child)) pid = child
  if (pid === undefined) throw new Error('npm was not started.')
  return pid
}

/** PostgreSQL is a child too, but of a session of its own: it is never npm's way to the server. */
async function childOf(pid: number): Promise<number | undefined> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean)
  for (const child of children) {
    const command = await readFile(`/proc/${child}/comm`, 'utf8')
    if (!command.startsWith('postgres')) return Number(child)
  }
  return undefined
}
