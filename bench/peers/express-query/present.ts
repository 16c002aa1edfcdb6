import { type MovieRow, PAGE_SIZE, type UserRow } from './queries.ts'

/** As src/schemas/user.schema.ts shows an account. */
export function presentUser({ id, email, name, roles, status, created_at, updated_at }: UserRow) {
  return { id, email, name, roles, status, createdAt: created_at, updatedAt: updated_at }
}

/** As src/schemas/movie.schema.ts shows a page, with the cursor of the next. */
export function presentMovies(rows: MovieRow[]) {
  const items = rows.slice(0, PAGE_SIZE)
  const last = rows.length > PAGE_SIZE ? items.at(-1) : undefined
  return {
    items: items.map(presentMovie),
    nextCursor: last ? encodeCursor(last) : null,
  }
}

const encodeCursor = ({ title_key, id }: MovieRow): string =>
  Buffer.from(JSON.stringify(['title', title_key, id])).toString('base64url')

function presentMovie(row: MovieRow) {
  return {
    id: row.id,
    title: row.title,
    releaseDate: row.release_date,
    genre: row.genre,
    director: row.director,
    distributor: row.distributor,
    mpaaRating: row.mpaa_rating,
    runtimeMinutes: row.runtime_minutes,
    imdbRating: row.imdb_rating,
    imdbVotes: row.imdb_votes,
    rottenTomatoesRating: row.rotten_tomatoes_rating,
    budgetUsd: row.budget_usd,
    worldwideGrossUsd: row.worldwide_gross_usd,
  }
}
