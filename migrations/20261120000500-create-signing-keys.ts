import type { QueryInterface } from 'sequelize'

/** The private part is sealed with a key that the database does not know. At most one key signs. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE signing_keys (
      kid                text        CONSTRAINT signing_keys_pkey PRIMARY KEY,
      state              text        NOT NULL,
      public_jwk         jsonb       NOT NULL,
      sealed_private_key bytea       NOT NULL,
      created_at         timestamptz NOT NULL DEFAULT now(),
      activated_at       timestamptz,
      retired_at         timestamptz,
      CONSTRAINT signing_keys_state_known CHECK (state IN ('next', 'current', 'previous'))
    );
    CREATE UNIQUE INDEX signing_keys_one_current_key ON signing_keys (state) WHERE state = 'current'`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE signing_keys')
}
