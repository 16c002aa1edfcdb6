import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { AppError } from '../errors/app-error.ts'

/** A queue longer than this many seconds of work is refused: whoever waits longer has left. */
const MAX_WAIT_SECONDS = 2

export interface WorkerPoolOptions {
  /** The file of the tasks, beside this one. */
  file: string
  threads: number
  /** What one task is thought to cost before the first was measured. */
  firstGuessSeconds: number
}

export interface WorkerPool {
  /** Runs the exported function `name` of the file. Throws `overloaded` at once where the queue is too long. */
  run<T>(name: string, task: object): Promise<T>
  close(): Promise<void>
}

/**
 * Worker threads for work that would hold up the event loop, at a lower OS priority, so that a flood of it slows nobody
 * down who is signed in. They start with the first task and end after five quiet minutes.
 */
export function createWorkerPool({ file, threads, firstGuessSeconds }: WorkerPoolOptions): WorkerPool {
  const pool = new Piscina({
    filename: fileURLToPath(new URL(file, import.meta.url)),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 300_000,
    niceIncrement: 10,
  })
  let secondsPerTask = firstGuessSeconds

  return { run, close: () => pool.close() }

  async function run<T>(name: string, task: object): Promise<T> {
    const waits = pool.queueSize > 0
    if ((pool.queueSize * secondsPerTask) / threads > MAX_WAIT_SECONDS) throw new AppError('overloaded')
    const started = performance.now()
    const result: T = await pool.run(task, { name })
    if (!waits) learn((performance.now() - started) / 1000)
    return result
  }

  /**
   * A running mean over about eight tasks that did not wait. The first task of a thread also loads its file: what is far
   * off counts as twice the mean, so that one such task does not close the door.
   */
  function learn(seconds: number): void {
    secondsPerTask += (Math.min(seconds, 2 * secondsPerTask) - secondsPerTask) / 8
  }
}
