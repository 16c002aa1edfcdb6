import type { QueryInterface } from 'sequelize'

/** What the removal of sessions that are over looks for. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
    CREATE INDEX sessions_revoked_at_idx ON sessions (revoked_at) WHERE revoked_at IS NOT NULL`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP INDEX sessions_expires_at_idx, sessions_revoked_at_idx')
}
