import type { QueryInterface } from 'sequelize'

/** How far an import has come that is not at its end: a row goes when its import is done. */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE imports (
      key        text        CONSTRAINT imports_pkey PRIMARY KEY,
      position   text,
      progress   jsonb       NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT imports_key_is_sha256 CHECK (key ~ '^[0-9a-f]{64}$')
    )`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE imports')
}
