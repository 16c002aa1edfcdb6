import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { AppError } from '../errors/app-error.ts'
import type { WorkSource } from '../services/work-source.ts'
import { createFairQueue } from './fair-queue.ts'

export interface WorkerPoolOptions {
  /** The file of the tasks, beside this one. */
  file: string
  threads: number
  /** What one task is thought to cost before the first was measured. */
  firstGuessSeconds: number
  /** A queue of more work than this is refused: whoever waits longer has left. */
  maxWaitSeconds: number
}

export interface WorkerPool {
  /** Whether a task of this source would be refused just now. */
  isFull(source: WorkSource): boolean
  /** Runs the exported function `name` of the file. Throws `overloaded` at once where the queue is too long. */
  run<T>(name: string, task: object, source: WorkSource): Promise<T>
  close(): Promise<void>
}

/**
 * Worker threads for work that would hold up the event loop, at a lower OS priority, so that a flood of it slows nobody
 * down who is signed in. They start with the first task and end after five quiet minutes.
 */
export function createWorkerPool({ file, threads, firstGuessSeconds, maxWaitSeconds }: WorkerPoolOptions): WorkerPool {
  const pool = new Piscina({
    filename: fileURLToPath(new URL(file, import.meta.url)),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 300_000,
    niceIncrement: 10,
  })
  const queue = createFairQueue<() => void>()
  let secondsPerTask = firstGuessSeconds
  let running = 0

  return { isFull, run, close: () => pool.close() }

  function isFull(source: WorkSource): boolean {
    return running >= threads && !queue.hasRoom(source, Math.floor((maxWaitSeconds * threads) / secondsPerTask))
  }

  async function run<T>(name: string, task: object, source: WorkSource): Promise<T> {
    if (isFull(source)) throw new AppError('overloaded')
    await turnOf(source)
    const started = performance.now()
    try {
      const result: T = await pool.run(task, { name })
      learn((performance.now() - started) / 1000)
      return result
    } finally {
      running -= 1
      startNext()
    }
  }

  function turnOf(source: WorkSource): Promise<void> {
    return new Promise((resolve) => {
      queue.add(source, resolve)
      startNext()
    })
  }

  function startNext(): void {
    if (running >= threads) return
    const start = queue.next()
    if (!start) return
    running += 1
    start()
  }

  /**
   * A running mean over about thirty tasks. The first task of a thread also loads its file: what is far off counts as
   * twice the mean, so that one such task does not close the door.
   */
  function learn(seconds: number): void {
    secondsPerTask += (Math.min(seconds, 2 * secondsPerTask) - secondsPerTask) / 32
  }
}
