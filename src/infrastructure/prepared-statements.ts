import type pg from 'pg'
import type { Sequelize, Transaction } from 'sequelize'
import { createStatements, type RunPrepared, type Statement } from '../repositories/statement.ts'
import type { ConnectionWatch } from './connection-watch.ts'
import { sqlStateOf } from './sql-state.ts'

/** SQLSTATE feature_not_supported: the schema has changed so that the plan's rows would look other than before. */
const STALE = '0A000'

/** SQLSTATE invalid_sql_statement_name and duplicate_prepared_statement: a name leads to another connection's statement. */
const MIXED_UP = ['26000', '42P05']

/**
 * Runs statements over Sequelize's pool without what Sequelize does around each: on a connection, a statement with a
 * name is parsed and planned once. See docs/decisions/0022-prepared-reads.md.
 */
export function createPreparedStatements(
  sequelize: Sequelize,
  watch: ConnectionWatch,
  { isPooled }: { isPooled: boolean },
): (transaction: Transaction | null) => RunPrepared {
  const { connectionManager } = sequelize
  let areNamed = !isPooled
  let generation = 0

  return (transaction) => {
    if (transaction === null) return run
    // Nothing there is asked often enough, and a plan that has gone stale would undo all of it.
    const runUnnamed = createStatements(sequelize, transaction)
    return ({ text }, values) => runUnnamed(text, values)
  }

  async function run<Row extends object>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const connection = (await connectionManager.getConnection({ type: 'read' })) as pg.Client
    try {
      return await runOn<Row>(connection, statement, values)
    } finally {
      connectionManager.releaseConnection(connection)
    }
  }

  /** A statement that failed has done nothing, so it can be run again. */
  async function runOn<Row extends object>(connection: pg.Client, statement: Statement, values: unknown[]) {
    const { text } = statement
    const name = nameOf(statement)
    try {
      return await ask<Row>(connection, { name, text, values })
    } catch (error) {
      if (name === undefined || !isOfNames(error)) throw error
      // Every connection is to prepare anew; only the first that finds out says so.
      if (name === nameOf(statement)) renameAfter(error)
      return ask<Row>(connection, { name: nameOf(statement), text, values })
    }
  }

  function renameAfter(error: unknown): void {
    if (sqlStateOf(error) === STALE) generation++
    else areNamed = false
  }

  function nameOf({ name }: Statement): string | undefined {
    return areNamed && name !== null ? `${name}_${generation}` : undefined
  }

  async function ask<Row extends object>(connection: pg.Client, query: pg.QueryConfig): Promise<Row[]> {
    const cut = watch.asking(connection)
    try {
      return await rowsOf<Row>(connection, query)
    } catch (error) {
      throw translate(error as Error, connection)
    } finally {
      watch.answered(connection, cut)
    }
  }

  function translate(error: Error, connection: pg.Client): Error {
    const { Query } = (sequelize as HasDialect).dialect
    return new Query(connection, sequelize, {}).formatError(error, error.stack)
  }
}

/** By a callback: rows that the driver's own promise gives outlive many a scavenge, and a page of films costs a third more. */
function rowsOf<Row extends object>(connection: pg.Client, query: pg.QueryConfig): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    connection.query<Row>(query, (error, result) => (error ? reject(error) : resolve(result.rows)))
  })
}

const isOfNames = (error: unknown): boolean => [STALE, ...MIXED_UP].includes(sqlStateOf(error) ?? '')

/** What Sequelize does not say of itself: what makes its errors of the driver's. */
type HasDialect = Sequelize & {
  dialect: {
    Query: new (
      connection: object,
      sequelize: Sequelize,
      options: object,
    ) => {
      formatError(error: Error, stack: string | undefined): Error
    }
  }
}
