import type { MovieModel } from '../models/movie.model.ts'
import { createMovieStatements, type MovieFilter, type MovieOrder, type MoviePlace } from './movie-statements.ts'
import type { RunPrepared } from './statement.ts'

export interface Movie {
  id: string
  title: string
  /** What `title` is sorted by. */
  titleKey: string
  /** `YYYY-MM-DD` */
  releaseDate: string | null
  genre: string | null
  director: string | null
  distributor: string | null
  mpaaRating: string | null
  runtimeMinutes: number | null
  imdbRating: number | null
  imdbVotes: number | null
  rottenTomatoesRating: number | null
  budgetUsd: number | null
  worldwideGrossUsd: number | null
}

export interface MoviePage {
  items: Movie[]
  hasMore: boolean
}

export type MovieRepository = ReturnType<typeof createMovieRepository>

export function createMovieRepository(movies: MovieModel, runPrepared: RunPrepared) {
  const statements = createMovieStatements(movies)

  return { findById, findPage }

  async function findById(id: string): Promise<Movie | null> {
    const [movie] = await runPrepared<Movie>(statements.byId, [id])
    return movie ?? null
  }

  /** Keyset pages: what is unknown comes last in either direction, and `id` settles what is equal. */
  async function findPage(
    filter: MovieFilter,
    order: MovieOrder,
    limit: number,
    after: MoviePlace | null,
  ): Promise<MoviePage> {
    const { statement, values } = statements.page(filter, order, limit + 1, after)
    const rows = await runPrepared<Movie>(statement, values)
    return { items: rows.slice(0, limit), hasMore: rows.length > limit }
  }
}
