import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** JavaScript's, and those that collect garbage beside it. */
const SERVING = /^node-(?:MainThread|V8Worker)/
/** V8 starts it with each profile. */
const SAMPLING = /^v8:Prof/

const runFile = promisify(execFile)

/**
 * Lets the main thread of a server run on one processor, and nobody take that away. V8 takes its samples by the clock: where
 * a write wakes somebody who then runs in the writer's place, that would be counted as the write. Linux only, by chrt and
 * taskset (util-linux), for root.
 */
export async function runUndisturbed(pid: number): Promise<void> {
  const allowed = /Cpus_allowed_list:\s*(\d+)/.exec(await readFile('/proc/self/status', 'utf8'))?.[1] ?? '0'
  await runFile('taskset', ['--cpu-list', '--pid', allowed, String(pid)])
  await setPriority(pid, SERVING, 1)
}

/**
 * Lets the thread that takes the samples interrupt the main thread, with which it shares the processor. From another one
 * its signal takes microseconds to arrive, by when a short function has ended in a system call, which then is counted.
 */
export async function interruptToSample(pid: number): Promise<void> {
  await setPriority(pid, SAMPLING, 2)
}

async function setPriority(pid: number, threads: RegExp, priority: number): Promise<void> {
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const name = await readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8')
    if (threads.test(name)) await runFile('chrt', ['--fifo', '--pid', String(priority), thread])
  }
}
