import type { Response } from 'express'
import { AppError } from '../errors/app-error.ts'
import { sendJson } from '../http/answer.ts'
import type { RequestFor } from '../http/route.ts'
import type { MovieRepository } from '../repositories/movie.repository.ts'
import { type movieParams, type movieQuery, orderOf, presentMovie, presentMoviePage } from '../schemas/movie.schema.ts'

export type MovieController = ReturnType<typeof createMovieController>

/** Movies are only read, and no rule stands between: straight from the repository. */
export function createMovieController(movies: MovieRepository) {
  return { list, read }

  async function list({ query }: RequestFor<{ query: typeof movieQuery }>, res: Response): Promise<void> {
    const { limit, cursor, q: titleContains, genre, year, sort } = query
    const page = await movies.findPage({ titleContains, genre, year }, orderOf(sort), limit, cursor ?? null)
    sendJson(res, 200, presentMoviePage(page, sort))
  }

  async function read({ params }: RequestFor<{ params: typeof movieParams }>, res: Response): Promise<void> {
    const movie = await movies.findById(params.id)
    if (!movie) throw new AppError('not_found')
    sendJson(res, 200, presentMovie(movie))
  }
}
