import { QueryTypes, type Sequelize, type Transaction } from 'sequelize'

/** Runs statements that Sequelize has no words for, each with its values bound, and gives the rows that they return. */
export function createStatements(sequelize: Sequelize, transaction: Transaction | null) {
  return function rowsOf<Row extends object>(sql: string, bind: unknown[]): Promise<Row[]> {
    return sequelize.query<Row>(sql, { bind, type: QueryTypes.SELECT, transaction })
  }
}
