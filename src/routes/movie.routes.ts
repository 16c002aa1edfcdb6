import type { MovieController } from '../controllers/movie.controller.ts'
import { type Route, route } from '../http/route.ts'
import { movie, moviePage, movieParams, movieQuery } from '../schemas/movie.schema.ts'

export function movieRoutes(controller: MovieController): Route[] {
  const list = {
    path: '/moviedata',
    tag: 'What is restricted',
    access: 'signed-in',
    query: movieQuery,
    answers: { 200: { description: 'One page of films', body: moviePage } },
  } as const
  return [
    route({ ...list, method: 'get', summary: 'List films' }, controller.list),
    route({ ...list, method: 'post', summary: 'List films, for a `fetch` with POST and no body' }, controller.list),
    route(
      {
        method: 'get',
        path: '/moviedata/:id',
        summary: 'Read one film',
        tag: 'What is restricted',
        access: 'signed-in',
        params: movieParams,
        answers: { 200: { description: 'The film', body: movie } },
      },
      controller.read,
    ),
  ]
}
