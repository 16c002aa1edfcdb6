import { QueryTypes, type Sequelize, type Transaction } from 'sequelize'

/** Runs statements that Sequelize has no words for, each with its values bound, and gives the rows that they return. */
export function createStatements(sequelize: Sequelize, transaction: Transaction | null) {
  return function rowsOf<Row extends object>(sql: string, bind: unknown[]): Promise<Row[]> {
    return sequelize.query<Row>(sql, { bind, type: QueryTypes.SELECT, transaction })
  }
}

/** A statement that is run all the time. By its name a connection knows it again, and does not plan it anew. */
export interface Statement {
  /** Of this text alone. Null where each run is to be planned for its own values. */
  name: string | null
  text: string
}

/** Runs a statement with its values bound to `$1`, `$2` …, and gives the rows that it returns. */
export type RunPrepared = <Row extends object>(statement: Statement, values: unknown[]) => Promise<Row[]>
