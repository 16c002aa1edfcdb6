import type pg from 'pg'
import type { Sequelize, Transaction } from 'sequelize'
import type { RunPrepared, Statement } from '../repositories/statement.ts'
import type { RetryConflicts } from './conflicts.ts'
import type { Ask } from './driver.ts'
import { sqlStateOf } from './sql-state.ts'
import { connectionOf } from './unit-of-work.ts'

/** SQLSTATE feature_not_supported: the schema has changed so that the plan's rows would look other than before. */
const STALE = '0A000'

/** SQLSTATE invalid_sql_statement_name and duplicate_prepared_statement: a name leads to another connection's statement. */
const MIXED_UP = ['26000', '42P05']

export interface PreparedStatementOptions {
  isPooled: boolean
  ask: Ask
  retryConflicts: RetryConflicts
}

export type PreparedStatements = ReturnType<typeof createPreparedStatements>

/**
 * Runs statements over Sequelize's pool without what Sequelize does around each: on a connection, a statement with a
 * name is parsed and planned once. See docs/decisions/0022-prepared-reads.md.
 */
export function createPreparedStatements(sequelize: Sequelize, options: PreparedStatementOptions) {
  const { isPooled, ask, retryConflicts } = options
  const { connectionManager } = sequelize
  let areNamed = !isPooled
  let generation = 0

  return { run, within }

  /** A pooler, or whoever owns the database, may have chosen a level at which a single statement can conflict. */
  function run<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    return retryConflicts(() => runOnce<Row>(statement, values))
  }

  async function runOnce<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const connection = (await connectionManager.getConnection({ type: 'read' })) as pg.Client
    try {
      return await runAlone<Row>(connection, statement, values)
    } finally {
      connectionManager.releaseConnection(connection)
    }
  }

  /** A statement that failed has done nothing, so it can be run again. */
  async function runAlone<Row extends object>(connection: pg.Client, statement: Statement, values: unknown[]) {
    const name = nameOf(statement)
    try {
      return await rowsOf<Row>(connection, statement, values)
    } catch (error) {
      if (name === undefined || !isOfNames(error)) throw error
      return rowsOf<Row>(connection, statement, values)
    }
  }

  /** Where a name fails, all of the transaction is undone: it is for whoever began it to run it anew. */
  function within(transaction: Transaction): RunPrepared {
    return async (statement, values) => rowsOf(connectionOf(transaction), statement, values)
  }

  async function rowsOf<Row extends object>(connection: pg.Client, statement: Statement, values: unknown[]) {
    const name = nameOf(statement)
    try {
      const { rows } = await ask(connection, { name, text: statement.text, values })
      return rows as Row[]
    } catch (error) {
      // Every connection is to prepare anew; only the first that finds out says so.
      if (name !== undefined && isOfNames(error) && name === nameOf(statement)) renameAfter(error)
      throw error
    }
  }

  function renameAfter(error: unknown): void {
    if (sqlStateOf(error) === STALE) generation++
    else areNamed = false
  }

  function nameOf({ name }: Statement): string | undefined {
    return areNamed && name !== null ? `${name}_${generation}` : undefined
  }
}

/** Whether a statement failed only because of its name: with another, or none, it would do. */
export const isOfNames = (error: unknown): boolean => [STALE, ...MIXED_UP].includes(sqlStateOf(error) ?? '')
