import type { QueryInterface } from 'sequelize'

/**
 * `title_key` is what lists are sorted by: case does not count, and the "C" collation gives every server the same order,
 * so a cursor means the same on each.
 */
export async function up({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query(`
    CREATE TABLE movies (
      id                     uuid         CONSTRAINT movies_pkey PRIMARY KEY,
      title                  text         NOT NULL,
      title_key              text         COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(title)) STORED,
      release_date           date,
      genre                  text,
      director               text,
      distributor            text,
      mpaa_rating            text,
      runtime_minutes        integer,
      imdb_rating            numeric(3, 1),
      imdb_votes             integer,
      rotten_tomatoes_rating integer,
      budget_usd             bigint,
      worldwide_gross_usd    bigint,
      CONSTRAINT movies_title_length CHECK (char_length(title) BETWEEN 1 AND 500),
      CONSTRAINT movies_release_date_plausible CHECK (release_date >= '1880-01-01'),
      CONSTRAINT movies_mpaa_rating_known
        CHECK (mpaa_rating IN ('G', 'PG', 'PG-13', 'R', 'NC-17', 'Not Rated')),
      CONSTRAINT movies_runtime_minutes_positive CHECK (runtime_minutes > 0),
      CONSTRAINT movies_imdb_rating_range CHECK (imdb_rating BETWEEN 0 AND 10),
      CONSTRAINT movies_imdb_votes_not_negative CHECK (imdb_votes >= 0),
      CONSTRAINT movies_rotten_tomatoes_rating_range CHECK (rotten_tomatoes_rating BETWEEN 0 AND 100),
      CONSTRAINT movies_budget_usd_positive CHECK (budget_usd > 0),
      CONSTRAINT movies_worldwide_gross_usd_positive CHECK (worldwide_gross_usd > 0)
    );
    CREATE INDEX movies_title_key_id_idx ON movies (title_key, id);
    CREATE INDEX movies_release_date_id_idx ON movies (release_date DESC NULLS LAST, id);
    CREATE INDEX movies_imdb_rating_id_idx ON movies (imdb_rating DESC NULLS LAST, id);
    CREATE INDEX movies_genre_title_key_id_idx ON movies (genre, title_key, id)`)
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  await sequelize.query('DROP TABLE movies')
}
