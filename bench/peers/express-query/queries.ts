/** How many films a page has. */
export const PAGE_SIZE = 20

/** A statement with a name is prepared once on each connection. */
export const USER = {
  name: 'user',
  text: `
    SELECT id, email, name, status, created_at, updated_at,
           ARRAY(SELECT role FROM user_roles WHERE user_id = users.id ORDER BY role) AS roles
    FROM users WHERE id = $1`,
}

/** One more than a page: whether there is a next one. */
export const MOVIES = {
  name: 'movies',
  text: `
    SELECT id, title, title_key, release_date::text, genre, director, distributor, mpaa_rating, runtime_minutes,
           imdb_rating::float8, imdb_votes, rotten_tomatoes_rating, budget_usd::float8, worldwide_gross_usd::float8
    FROM movies ORDER BY title_key, id LIMIT ${PAGE_SIZE + 1}`,
}

export interface UserRow {
  id: string
  email: string
  name: string | null
  status: string
  roles: string[]
  created_at: Date
  updated_at: Date
}

export interface MovieRow {
  id: string
  title: string
  title_key: string
  release_date: string | null
  genre: string | null
  director: string | null
  distributor: string | null
  mpaa_rating: string | null
  runtime_minutes: number | null
  imdb_rating: number | null
  imdb_votes: number | null
  rotten_tomatoes_rating: number | null
  budget_usd: number | null
  worldwide_gross_usd: number | null
}
