import type pg from 'pg'
import { type Sequelize, Transaction } from 'sequelize'
import type { RetryConflicts } from './conflicts.ts'
import type { Ask } from './driver.ts'

export type Transact = <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>

export interface UnitOfWorkOptions {
  ask: Ask
  retryConflicts: RetryConflicts
  /** Whether work that failed so is done anew at once. */
  isOfNames(error: unknown): boolean
}

/** Our locks are made for this level, whatever the database, the role or a pooler would begin a transaction with. */
const BEGIN = 'START TRANSACTION ISOLATION LEVEL READ COMMITTED'

/** What Sequelize itself puts on a transaction: where its statements go, and that no more may come. */
interface Used {
  connection: pg.Client
  finished?: 'commit' | 'rollback'
}

/**
 * Runs work in a transaction. Where it conflicts with others it is run anew, and once more where it was a prepared
 * statement's name that failed. Not Sequelize's own way: that asks twice to begin at a given level, writes to
 * the console where a connection is lost, and takes a transaction for committed that PostgreSQL rolled back at its end.
 */
export function createUnitOfWork(
  sequelize: Sequelize,
  { ask, retryConflicts, isOfNames }: UnitOfWorkOptions,
): Transact {
  return (work) => retryConflicts(() => onceOrRenamed(work))

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
