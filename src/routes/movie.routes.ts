import type { MovieController } from '../controllers/movie.controller.ts'
import { type Route, route } from '../http/route.ts'
import { movie, moviePage, movieParams, movieQuery } from '../schemas/movie.schema.ts'

export function movieRoutes(controller: MovieController): Route[] {
  const list = {
    path: '/moviedata',
    tag: 'Films',
    access: 'signed-in',
    query: movieQuery,
    answers: { 200: { description: 'One page of films', body: moviePage } },
  } as const
  return [
    route(
      {
        ...list,
        method: 'get',
        operationId: 'listMovies',
        summary: 'List films',
        description: 'Page by page: `nextCursor` is the `cursor` of the next, in the same order.',
      },
      controller.list,
    ),
    route(
      {
        ...list,
        method: 'post',
        operationId: 'listMoviesByPost',
        summary: 'List films, for a `fetch` with POST and no body',
        description: 'The same as `GET /moviedata`.',
      },
      controller.list,
    ),
    route(
      {
        method: 'get',
        path: '/moviedata/:id',
        operationId: 'getMovie',
        summary: 'Read one film',
        description: 'What is not known of it is null.',
        tag: 'Films',
        access: 'signed-in',
        params: movieParams,
        answers: { 200: { description: 'The film', body: movie } },
      },
      controller.read,
    ),
  ]
}
