import { readRow } from '../read-row.ts'

/** The first page of a list: 20 films, about 7 kB. */
export const moviedata = readRow({
  name: 'moviedata',
  title: '`/moviedata`, first page',
  path: '/moviedata',
  floorPathOf: () => '/moviedata',
})
