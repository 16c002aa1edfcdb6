import { interrupted } from './commands/command-failed.ts'

export interface Interruption extends Disposable {
  signal: AbortSignal
  /** What a step gives; throws `interrupted` as soon as a signal comes. */
  orInterrupted<T>(step: Promise<T>): Promise<T>
}

/**
 * Holds back what would end this process at once, so that it can stop the database that it started. Ctrl-C arrives twice, from
 * the terminal and again from npm; the way down is bounded, so nobody has to press again.
 */
export function watchInterruption(): Interruption {
  const controller = new AbortController()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  aborted.catch(() => undefined)
  const abort = () => {
    reject(interrupted())
    controller.abort(interrupted())
  }
  const names = ['SIGINT', 'SIGTERM'] as const
  for (const name of names) process.on(name, abort)
  return {
    signal: controller.signal,
    orInterrupted: (step) => Promise.race([step, aborted]),
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, abort)
    },
  }
}
