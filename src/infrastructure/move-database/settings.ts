import type pg from 'pg'

/** How values are written. The same on both sides, so that a sum over the text of a row is the same. */
const NOTATION = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
}

/** The role or the database may have limits that are made for requests. A server that does not know one leaves it out. */
const PATIENCE = {
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  transaction_timeout: '0',
  // Of a client that was killed in a long statement, it notices soon.
  client_connection_check_interval: '1s',
}

const SET = `SELECT set_config(name, $1::json ->> name, true) FROM pg_settings WHERE $1::json ->> name IS NOT NULL`

/** For the transaction that has begun: behind a pooler, the session is not ours. */
export async function applySettings(client: pg.Client): Promise<void> {
  await client.query(SET, [JSON.stringify({ ...NOTATION, ...PATIENCE })])
}
