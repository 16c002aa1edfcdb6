import type { QueryInterface } from 'sequelize'

/** A role is known by its name everywhere, so the name is the key, and a token's roles need no join. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE roles (
      name        text        CONSTRAINT roles_pkey PRIMARY KEY,
      description text,
      builtin     boolean     NOT NULL DEFAULT false,
      created_at  timestamptz NOT NULL DEFAULT now(),
      updated_at  timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT roles_name_format CHECK (name ~ '^[a-z][a-z0-9_-]{0,63}$'),
      CONSTRAINT roles_description_length CHECK (char_length(description) <= 500)
    )`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE roles')
}
