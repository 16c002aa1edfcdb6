import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { type Sequelize, Transaction } from 'sequelize'
import type { Ask } from './driver.ts'
import { sqlStateOf } from './sql-state.ts'

export type Transact = <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>

/** What is told of each transaction. */
export interface TransactionObserver {
  retried(): void
}

export interface UnitOfWorkOptions {
  ask: Ask
  observer: TransactionObserver
  /** Whether work that failed so is done anew at once. */
  isOfNames(error: unknown): boolean
}

/** Our locks are made for this level, whatever the database, the role or a pooler would begin a transaction with. */
const BEGIN = 'START TRANSACTION ISOLATION LEVEL READ COMMITTED'

/** SQLSTATE serialization_failure and deadlock_detected: PostgreSQL has undone it, and it may work another time. */
const CONFLICTS = ['40001', '40P01']

const RETRIES = 3
const FIRST_PAUSE_MS = 20

/** What Sequelize itself puts on a transaction: where its statements go, and that no more may come. */
interface Used {
  connection: pg.Client
  finished?: 'commit' | 'rollback'
}

/**
 * Runs work in a transaction. Where it conflicts with others it is run anew, up to three times, and once more where it was
 * a prepared statement's name that failed. Not Sequelize's own way: that asks twice to begin at a given level, writes to
 * the console where a connection is lost, and takes a transaction for committed that PostgreSQL rolled back at its end.
 */
export function createUnitOfWork(sequelize: Sequelize, { ask, observer, isOfNames }: UnitOfWorkOptions): Transact {
  return async (work) => {
    for (let retries = 0; ; retries++) {
      try {
        return await onceOrRenamed(work)
      } catch (error) {
        if (retries === RETRIES || !CONFLICTS.includes(sqlStateOf(error) ?? '')) throw error
      }
      observer.retried()
      // Those that stood in each other's way do not meet again.
      await wait(Math.random() * FIRST_PAUSE_MS * 2 ** retries)
    }
  }

  async function onceOrRenamed<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      return await once(work)
    } catch (error) {
      if (!isOfNames(error)) throw error
      return once(work)
    }
  }

  async function once<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { connectionManager } = sequelize
    const connection = (await connectionManager.getConnection({ type: 'write' })) as pg.Client
    const transaction: Transaction & Used = Object.assign(new Transaction(sequelize, {}), { connection })
    try {
      await ask(connection, { text: BEGIN })
      const result = await work(transaction)
      await commit(connection)
      return result
    } catch (error) {
      // Where that fails too, the connection is lost or is not used again, and PostgreSQL rolls back by itself.
      await ask(connection, { text: 'ROLLBACK' }).catch(() => undefined)
      throw error
    } finally {
      transaction.finished = 'commit'
      connectionManager.releaseConnection(connection)
    }
  }

  /** A transaction in which a statement has failed is rolled back by COMMIT, which is no error to PostgreSQL. */
  async function commit(connection: pg.Client): Promise<void> {
    const { command } = await ask(connection, { text: 'COMMIT' })
    if (command !== 'COMMIT') throw new Error('A statement has failed, and the work went on all the same.')
  }
}

/** Where the statements of a transaction go that is not over. */
export function connectionOf(transaction: Transaction): pg.Client {
  const { connection, finished } = transaction as Transaction & Used
  if (finished) throw new Error('The transaction of this statement is over.')
  return connection
}
