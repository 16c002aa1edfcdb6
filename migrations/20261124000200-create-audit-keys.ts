import type { QueryInterface } from 'sequelize'

/**
 * Keys of the audit trail that APP_SECRET does not give any more, sealed with the present one, each with the last seal that
 * it can have made: so what was sealed before a change of the secret can be verified without the old one, see
 * docs/decisions/0021-another-app-secret.md.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE audit_keys (
      id         text   CONSTRAINT audit_keys_pkey PRIMARY KEY,
      sealed_key bytea  NOT NULL,
      last_seal  bigint NOT NULL,
      CONSTRAINT audit_keys_last_seal_number CHECK (last_seal >= 0)
    )`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE audit_keys')
}
