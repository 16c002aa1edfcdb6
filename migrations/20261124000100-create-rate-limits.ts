import type { QueryInterface } from 'sequelize'

/**
 * What was counted against a limit in its present window, in the form that rate-limiter-flexible reads and writes.
 * `expire` is in milliseconds since the epoch. Unlogged: a count is not worth a flush of the log, and a database that
 * crashes may forget it, see docs/decisions/0015-limits.md.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE UNLOGGED TABLE rate_limits (
      key    text    CONSTRAINT rate_limits_pkey PRIMARY KEY,
      points integer NOT NULL,
      expire bigint  NOT NULL
    );
    CREATE INDEX rate_limits_expire_idx ON rate_limits (expire)`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE rate_limits')
}
