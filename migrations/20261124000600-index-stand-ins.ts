import type { QueryInterface } from 'sequelize'

/**
 * Accounts in an order that means nothing: an id (UUIDv7) ends with random digits. A login with an unknown address looks
 * for one of them, see docs/decisions/0028-hashes-of-other-systems.md. For a million users it is made in half a second.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`CREATE INDEX users_stand_in_idx ON users (right(id::text, 12) COLLATE "C")`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP INDEX users_stand_in_idx')
}
