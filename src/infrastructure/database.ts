import pg from 'pg'
import { ConnectionError, DatabaseError, type Options, Sequelize } from 'sequelize'
import { defineModels } from '../models/models.ts'
import { bindRepositories, type Repositories } from '../repositories/repositories.ts'
import type { Revocation } from '../repositories/revocation.repository.ts'
import { createRetryConflicts, type TransactionObserver } from './conflicts.ts'
import { type ConnectionObserver, createConnectionWatch } from './connection-watch.ts'
import { createDatabaseCheck } from './database-check.ts'
import { createAsk } from './driver.ts'
import { createPreparedStatements, isOfNames } from './prepared-statements.ts'
import { sqlStateOf } from './sql-state.ts'
import { createUnitOfWork } from './unit-of-work.ts'

export interface DatabaseOptions {
  url: string
  poolMax: number
  /** Whether a pooler may run each statement on another connection. */
  isPooled: boolean
  connections: ConnectionObserver
  transactions: TransactionObserver
}

export type Database = ReturnType<typeof createDatabase>

/** Nobody waits longer: for a connection to be made, for a place in the pool. */
const CONNECT_MS = 2_000
const ACQUIRE_MS = 2_000

/** The pool, the models on it and the unit of work. Opens no connection before the first query. */
export function createDatabase({ url, poolMax, isPooled, connections, transactions }: DatabaseOptions) {
  const watch = createConnectionWatch(connections)
  const options: Options & { keepDefaultTimezone: true } = {
    dialect: 'postgres',
    dialectModule: pg,
    logging: false,
    pool: { max: poolMax, min: 0, acquire: ACQUIRE_MS, idle: 60_000, validate: watch.isFit },
    retry: { max: 0 },
    hooks: watch.hooks,
    // Said by the watch, with what else there is to say.
    keepDefaultTimezone: true,
    dialectOptions: {
      application_name: 'gatehouse',
      connectionTimeoutMillis: CONNECT_MS,
      clientMinMessages: 'ignore',
      keepAlive: true,
    },
  }
  const sequelize = new Sequelize(url, options)
  const ask = createAsk(sequelize, watch)
  const retryConflicts = createRetryConflicts(transactions)
  const transact = createUnitOfWork(sequelize, { ask, retryConflicts, isOfNames })
  const models = defineModels(sequelize)
  const prepared = createPreparedStatements(sequelize, { isPooled, ask, retryConflicts })
  let onCommitted: (change: Revocation) => void = () => undefined

  return {
    repositories: bindRepositories(models, prepared.run, () => undefined),
    atomically,
    onRevocation,
    check: createDatabaseCheck(sequelize),
    poolState,
    close,
  }

  async function atomically<T>(work: (repositories: Repositories) => Promise<T>): Promise<T> {
    const { result, recorded } = await transact(async (transaction) => {
      // Of its own for each attempt: what one has recorded that was undone never happened.
      const changes: Revocation[] = []
      const onRecorded = (more: readonly Revocation[]) => changes.push(...more)
      const within = bindRepositories(models, prepared.within(transaction), onRecorded, transaction)
      return { result: await work(within), recorded: changes }
    })
    recorded.forEach(onCommitted)
    return result
  }

  /** `listener` is told of every change of rights that this process has committed, before the work is done. */
  function onRevocation(listener: (change: Revocation) => void): void {
    onCommitted = listener
  }

  function poolState(): Record<'inUse' | 'idle' | 'waiting' | 'max', number> {
    const { using: inUse, available: idle, waiting, maxSize: max } = (sequelize.connectionManager as HasPool).pool
    return { inUse, idle, waiting, max }
  }

  async function close(): Promise<void> {
    await sequelize.close()
  }
}

/** What Sequelize does not say of itself: its pool, see sequelize-pool. */
type HasPool = Sequelize['connectionManager'] & {
  pool: Readonly<Record<'using' | 'available' | 'waiting' | 'maxSize', number>>
}

/** Whether an error means that this database was not brought up to date (SQLSTATE undefined_table, undefined_column). */
export function isUnprepared(error: unknown): boolean {
  return ['42P01', '42703'].includes(sqlStateOf(error) ?? '')
}

/**
 * SQLSTATE classes and codes that say "not now", and what Node calls a connection that has failed: connection, resources,
 * operator intervention, input and output; waited too long; read-only after a failover; conflicts that did not end.
 */
const OUTAGE_STATES = /^(08...|53...|57P..|57014|58030|55P03|25P0[34]|25006|40001|40P01|E(?!RR_)[A-Z_]+)$/

/** What the driver says where it has no code for it. */
const OUTAGE_MESSAGES = /^(Connection terminated|Client was closed|Client has encountered a connection error)/

/** Whether an error means that the database does not answer, in contrast to an error in what it was asked. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  const state = sqlStateOf(error)
  if (state !== undefined) return OUTAGE_STATES.test(state)
  return error instanceof DatabaseError && OUTAGE_MESSAGES.test(error.message)
}
