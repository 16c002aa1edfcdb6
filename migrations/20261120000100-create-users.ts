import type { QueryInterface } from 'sequelize'

/** `email` is stored in its normalised form (src/schemas/fields.ts), so its plain unique index is the rule. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE users (
      id            uuid        CONSTRAINT users_pkey PRIMARY KEY,
      email         text        NOT NULL CONSTRAINT users_email_key UNIQUE,
      name          text,
      password_hash text        NOT NULL,
      status        text        NOT NULL DEFAULT 'active',
      auth_version  integer     NOT NULL DEFAULT 1,
      created_at    timestamptz NOT NULL DEFAULT now(),
      updated_at    timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT users_email_length CHECK (char_length(email) BETWEEN 3 AND 254),
      CONSTRAINT users_email_lowercase CHECK (email = lower(email COLLATE "C")),
      CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
      CONSTRAINT users_status_known CHECK (status IN ('active', 'disabled')),
      CONSTRAINT users_auth_version_positive CHECK (auth_version > 0)
    )`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE users')
}
