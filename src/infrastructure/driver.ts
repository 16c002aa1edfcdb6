import type pg from 'pg'
import type { Sequelize } from 'sequelize'
import type { ConnectionWatch } from './connection-watch.ts'

/** Asks on a connection of Sequelize's pool, without what Sequelize does around it. */
export type Ask = (connection: pg.Client, query: pg.QueryConfig) => Promise<pg.QueryResult>

/** Nobody else notices: the watch is told as of any statement, and errors are made by Sequelize's own translation. */
export function createAsk(sequelize: Sequelize, watch: ConnectionWatch): Ask {
  return async (connection, query) => {
    const cut = watch.asking(connection)
    try {
      return await resultOf(connection, query)
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
function resultOf(connection: pg.Client, query: pg.QueryConfig): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    connection.query(query, (error, result) => (error ? reject(error) : resolve(result)))
  })
}

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
