import type { QueryInterface } from 'sequelize'

/** Null where nobody has shown that the address is theirs. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('ALTER TABLE users ADD COLUMN email_verified_at timestamptz')
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('ALTER TABLE users DROP COLUMN email_verified_at')
}
