import type { QueryInterface } from 'sequelize'

/**
 * `search_text` is what a search for part of an email or a name looks into. `search_form` lower-cases and writes what is
 * not ASCII as octal digits (`é` is `X303X251`): a trigram index takes letters and digits only, and which characters are
 * letters is up to the database's locale, in "C" none but ASCII's. Capitals are free for what must not be found by
 * itself: real digits are A to J, `\` is `XX`, and Z keeps email and name apart. The index is made by the server where the
 * extension is there, see src/infrastructure/search-index.ts. `(status, id)` is for lists of one status, newest first.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE FUNCTION search_form(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      AS $$ SELECT replace(encode(
        replace(translate(lower($1), '0123456789', 'ABCDEFGHIJ'), '\\', '\\\\')::bytea, 'escape'), '\\', 'X') $$;
    ALTER TABLE users ADD COLUMN search_text text NOT NULL
      GENERATED ALWAYS AS (search_form(email) || 'Z' || coalesce(search_form(name), '')) STORED;
    CREATE INDEX users_status_id_idx ON users (status, id)`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    DROP INDEX users_status_id_idx;
    ALTER TABLE users DROP COLUMN search_text;
    DROP FUNCTION search_form`)
}
