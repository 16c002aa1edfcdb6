import type { QueryInterface } from 'sequelize'

/**
 * `search_text` is what a search for part of an email or a name looks into. `search_form` lower-cases and writes what is
 * not ASCII as octal digits (`é` is `X303X251`; no other capital is left, and `\` is `XX`): a trigram index takes letters
 * and digits only, and which characters are letters is up to the database's locale, in "C" none but ASCII's. The index
 * itself is made by the server where the extension is there, see src/infrastructure/search-index.ts. `(status, id)` is
 * for lists of one status, newest first.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE FUNCTION search_form(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS $$ SELECT replace(encode(replace(lower($1), '\\', '\\\\')::bytea, 'escape'), '\\', 'X') $$;
    ALTER TABLE users ADD COLUMN search_text text NOT NULL
      GENERATED ALWAYS AS (search_form(email || E'\\n' || coalesce(name, ''))) STORED;
    CREATE INDEX users_status_id_idx ON users (status, id)`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    DROP INDEX users_status_id_idx;
    ALTER TABLE users DROP COLUMN search_text;
    DROP FUNCTION search_form`)
}
