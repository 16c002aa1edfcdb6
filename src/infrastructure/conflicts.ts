import { setTimeout as wait } from 'node:timers/promises'
import { sqlStateOf } from './sql-state.ts'

/** What is told of each transaction. */
export interface TransactionObserver {
  retried(): void
}

export type RetryConflicts = <T>(work: () => Promise<T>) => Promise<T>

/** SQLSTATE serialization_failure and deadlock_detected: PostgreSQL has undone it, and it may work another time. */
const CONFLICTS = ['40001', '40P01']

const RETRIES = 3
const FIRST_PAUSE_MS = 20

/** Runs work anew, up to three times, where it conflicts with others. */
export function createRetryConflicts(observer: TransactionObserver): RetryConflicts {
  return async (work) => {
    for (let retries = 0; ; retries++) {
      try {
        return await work()
      } catch (error) {
        if (retries === RETRIES || !CONFLICTS.includes(sqlStateOf(error) ?? '')) throw error
      }
      observer.retried()
      // Those that stood in each other's way do not meet again.
      await wait(Math.random() * FIRST_PAUSE_MS * 2 ** retries)
    }
  }
}
