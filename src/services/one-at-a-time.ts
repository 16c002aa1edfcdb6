import { AppError } from '../errors/app-error.ts'

/**
 * Runs work of the same key one after the other, in this process, in the order of the calls. Where one fails by
 * something else than a refusal, those that wait behind it fail with it: each would find the same, and each would take
 * its time over it.
 */
export function createOneAtATime() {
  const last = new Map<string, Promise<unknown>>()

  return async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, (error: unknown) => {
      if (!(error instanceof AppError)) throw error
      return work()
    })
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
