import pg from 'pg'
import { BaseError, ConnectionError, DatabaseError, Sequelize } from 'sequelize'
import { defineModels } from '../models/models.ts'
import { bindRepositories, type Repositories } from '../repositories/repositories.ts'
import type { Revocation } from '../repositories/revocation.repository.ts'

export interface DatabaseOptions {
  url: string
  poolMax: number
}

/** Nobody waits longer: for a connection, for a place in the pool, for a statement. */
const CONNECT_MS = 2_000
const ACQUIRE_MS = 2_000
const STATEMENT_MS = 5_000

/** The pool, the models on it and the unit of work. Opens no connection before the first query. */
export function createDatabase({ url, poolMax }: DatabaseOptions) {
  const sequelize = new Sequelize(url, {
    dialect: 'postgres',
    dialectModule: pg,
    logging: false,
    pool: { max: poolMax, min: 0, acquire: ACQUIRE_MS, idle: 60_000 },
    retry: { max: 0 },
    dialectOptions: {
      application_name: 'gatehouse',
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      // A statement timeout is PostgreSQL's word; a server that is gone says nothing.
      query_timeout: STATEMENT_MS + 1_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
    },
  })
  const models = defineModels(sequelize)
  let onCommitted: (change: Revocation) => void = () => undefined

  return { repositories: bindRepositories(models, () => undefined), atomically, onRevocation, isReachable, close }

  async function atomically<T>(work: (repositories: Repositories) => Promise<T>): Promise<T> {
    const recorded: Revocation[] = []
    const result = await sequelize.transaction((transaction) =>
      work(bindRepositories(models, (changes) => recorded.push(...changes), transaction)),
    )
    recorded.forEach(onCommitted)
    return result
  }

  /** `listener` is told of every change of rights that this process has committed, before the work is done. */
  function onRevocation(listener: (change: Revocation) => void): void {
    onCommitted = listener
  }

  async function isReachable(): Promise<boolean> {
    try {
      await sequelize.query('SELECT 1')
      return true
    } catch {
      return false
    }
  }

  async function close(): Promise<void> {
    await sequelize.close()
  }
}

/** SQLSTATE classes and codes that say "not now": connection, resources, operator intervention, lock not available. */
const OUTAGE_STATES = /^(08|53|57P|57014|55P03|25P03)/

/** Whether an error means that this database was never brought up to date (SQLSTATE undefined_table). */
export function isUnprepared(error: unknown): boolean {
  return error instanceof DatabaseError && (error.parent as Error & { code?: string }).code === '42P01'
}

/** Whether an error means that the database does not answer, in contrast to an error in what it was asked. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  if (!(error instanceof BaseError)) return false
  if (!(error instanceof DatabaseError)) return error.name === 'SequelizeTimeoutError'
  const { code = '', message } = error.parent as Error & { code?: string }
  return OUTAGE_STATES.test(code) || code.startsWith('E') || /Query read timeout|Connection terminated/.test(message)
}
