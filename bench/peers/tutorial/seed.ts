import { cleanMovie } from '../../../seeders/data/clean-movie.ts'
import movies from '../../../seeders/data/movies.json' with { type: 'json' }
import type { Models } from './models.ts'

/** The roles, and the films of Gatehouse's, where there are none. */
export async function seed({ Role, Movie }: Models): Promise<void> {
  if ((await Role.count()) > 0) return
  await Role.bulkCreate([{ name: 'user' }, { name: 'moderator' }, { name: 'admin' }])
  await Movie.bulkCreate(movies.map(cleanMovie))
}
