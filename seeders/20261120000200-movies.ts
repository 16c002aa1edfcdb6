import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { QueryInterface } from 'sequelize'
import { v7 as uuidv7 } from 'uuid'
import { cleanMovie, type PublishedMovie } from './data/clean-movie.ts'

/** The day the data set's version was published. Ids are made from it, so that a film has the same id everywhere. */
const PUBLISHED_AT = Date.UTC(2025, 9, 4)

export async function up({ sequelize }: QueryInterface): Promise<void> {
  const rows = (await readMovies()).map((movie, index) => ({ id: idOf(movie, index), ...cleanMovie(movie) }))
  // One statement for all: rows that are there already stay as they are.
  await sequelize.query(
    `INSERT INTO movies (id, title, release_date, genre, director, distributor, mpaa_rating, runtime_minutes,
                         imdb_rating, imdb_votes, rotten_tomatoes_rating, budget_usd, worldwide_gross_usd)
     SELECT id, title, release_date, genre, director, distributor, mpaa_rating, runtime_minutes,
            imdb_rating, imdb_votes, rotten_tomatoes_rating, budget_usd, worldwide_gross_usd
     FROM json_populate_recordset(NULL::movies, $1::json)
     ON CONFLICT (id) DO NOTHING`,
    { bind: [JSON.stringify(rows)] },
  )
}

export async function down({ sequelize }: QueryInterface): Promise<void> {
  const ids = (await readMovies()).map(idOf)
  await sequelize.query('DELETE FROM movies WHERE id = ANY($1::uuid[])', { bind: [ids] })
}

async function readMovies(): Promise<PublishedMovie[]> {
  return JSON.parse(await readFile(new URL('data/movies.json', import.meta.url), 'utf8'))
}

/** A version 7 UUID (RFC 9562 §5.7) whose random bits come from the film, in the order of the file. */
function idOf(movie: PublishedMovie, index: number): string {
  const digest = createHash('sha256').update(`${movie.Title}\n${movie['Release Date']}`).digest()
  return uuidv7({ msecs: PUBLISHED_AT + index, random: digest.subarray(0, 16) })
}
