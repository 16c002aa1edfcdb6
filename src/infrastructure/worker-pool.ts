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
  /** A thread that has had nothing to do for so long ends, and gives back what it holds. */
  idleSeconds: number
  observer: WorkObserver
}

/** What is told of each piece of work. */
export interface WorkObserver {
  waited(seconds: number): void
  worked(seconds: number): void
  refused(): void
}

export interface WorkerPool {
  /** Whether a task of this source is refused just now: callers that ask refuse it themselves. */
  isFull(source: WorkSource): boolean
  /** Runs the exported function `name` of the file. Throws `overloaded` at once where the queue is too long. */
  run<T>(name: string, task: object, source: WorkSource): Promise<T>
  state(): { waiting: number; running: number }
  close(): Promise<void>
}

/**
 * Worker threads for work that would hold up the event loop, at a lower OS priority, so that a flood of it slows nobody
 * down who is signed in. They start with the first task.
 */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { file, threads, firstGuessSeconds, maxWaitSeconds, idleSeconds, observer } = options
  const pool = new Piscina({
    filename: fileURLToPath(new URL(file, import.meta.url)),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: idleSeconds * 1000,
    niceIncrement: 10,
  })
  const queue = createFairQueue<() => void>()
  let secondsPerTask = firstGuessSeconds
  let running = 0

  return { isFull, run, state: () => ({ waiting: queue.size(), running }), close: () => pool.close() }

  function isFull(source: WorkSource): boolean {
    if (running < threads || queue.hasRoom(source, Math.floor((maxWaitSeconds * threads) / secondsPerTask)))
      return false
    observer.refused()
    return true
  }

  async function run<T>(name: string, task: object, source: WorkSource): Promise<T> {
    if (isFull(source)) throw new AppError('overloaded')
    const asked = performance.now()
    await turnOf(source)
    const started = performance.now()
    observer.waited((started - asked) / 1000)
    try {
      const result: T = await pool.run(task, { name })
      const seconds = (performance.now() - started) / 1000
      observer.worked(seconds)
      learn(seconds)
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
   * A running mean over about thirty tasks, of which some may cost forty times what others do: hashes of other systems.
   * One that takes longer than anybody waits closes the door no further than one that takes just so long.
   */
  function learn(seconds: number): void {
    secondsPerTask += (Math.min(seconds, maxWaitSeconds) - secondsPerTask) / 32
  }
}
