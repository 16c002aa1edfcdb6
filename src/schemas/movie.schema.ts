import { z } from 'zod'
import type { Movie, MoviePage } from '../repositories/movie.repository.ts'
import type { MovieColumn, MovieOrder } from '../repositories/movie-statements.ts'
import { cursorOf, encodeCursor, nextCursor } from './cursor.ts'
import { pageSize, text, uuid, wholeNumber } from './fields.ts'

export const movie = z
  .object({
    id: uuid,
    title: z.string().meta({ example: 'The Matrix' }),
    releaseDate: z.iso.date().nullable().meta({ example: '1999-03-31' }),
    genre: z.string().nullable().meta({ example: 'Action' }),
    director: z.string().nullable().meta({ example: 'Andy Wachowski' }),
    distributor: z.string().nullable().meta({ example: 'Warner Bros.' }),
    mpaaRating: z.string().nullable().meta({ example: 'R' }),
    runtimeMinutes: z.int().nullable().meta({ example: 136 }),
    imdbRating: z.number().nullable().meta({ example: 8.7 }),
    imdbVotes: z.int().nullable().meta({ example: 380_934 }),
    rottenTomatoesRating: z.int().nullable().meta({ example: 86 }),
    budgetUsd: z.int().nullable().meta({ example: 65_000_000 }),
    worldwideGrossUsd: z.int().nullable().meta({ example: 460_279_930 }),
  })
  .meta({ id: 'Movie', description: 'A film. What is not known of it is null.' })

export const moviePage = z.object({ items: z.array(movie), nextCursor })

/** What a list can be sorted by, and the column behind each name. `-` in front turns it around. */
const columns = {
  title: 'titleKey',
  releaseDate: 'releaseDate',
  runtimeMinutes: 'runtimeMinutes',
  imdbRating: 'imdbRating',
  imdbVotes: 'imdbVotes',
  rottenTomatoesRating: 'rottenTomatoesRating',
  budgetUsd: 'budgetUsd',
  worldwideGrossUsd: 'worldwideGrossUsd',
} as const satisfies Record<string, MovieColumn>

const releaseDate = z.iso.date().refine((date) => date >= '0001')

type SortName = keyof typeof columns
const names = Object.keys(columns) as SortName[]
const sortText = z.enum(
  names.flatMap((name) => [name, `-${name}`] as const),
  `must be one of ${names.join(', ')}, each also with - in front`,
)
type Sort = z.output<typeof sortText>

/** A cursor carries the sort that it was made for: in another order its place means nothing. */
const cursor = cursorOf(
  z
    .tuple([sortText, z.union([text(0, 1000), z.number(), z.null()]), uuid])
    .refine(([sort, value]) => fits(sort, value))
    .transform(([sort, value, id]) => ({ sort, value, id })),
)

export const movieParams = z.strictObject({ id: uuid })

export const movieQuery = z
  .strictObject({
    limit: pageSize,
    cursor: cursor.optional(),
    q: text(1, 200).optional().meta({ description: 'The title contains this, in any case.', example: 'matrix' }),
    genre: text(1, 100).optional().meta({ description: 'The genre, exactly.', example: 'Action' }),
    year: wholeNumber(1800, 2200).optional().meta({ description: 'The year of the release.', example: 1999 }),
    sort: sortText.default('title').meta({
      description: 'What comes first. `-` in front turns it around; what is not known comes last.',
      example: '-imdbRating',
    }),
  })
  .refine(({ cursor, sort }) => cursor === undefined || cursor.sort === sort, {
    path: ['cursor'],
    message: 'belongs to a list with another sort',
  })

/** `-imdbRating` as a repository understands it. */
export function orderOf(sort: Sort): MovieOrder {
  const descending = sort.startsWith('-')
  return { column: columns[(descending ? sort.slice(1) : sort) as SortName], descending }
}

export function presentMoviePage({ items, hasMore }: MoviePage, sort: Sort): z.input<typeof moviePage> {
  const last = hasMore ? items.at(-1) : undefined
  return {
    items: items.map(presentMovie),
    nextCursor: last ? encodeCursor([sort, last[orderOf(sort).column], last.id]) : null,
  }
}

export function presentMovie(movie: Movie): z.input<typeof moviePage.shape.items.element> {
  const { id, title, releaseDate, genre, director, distributor, mpaaRating, runtimeMinutes } = movie
  const { imdbRating, imdbVotes, rottenTomatoesRating, budgetUsd, worldwideGrossUsd } = movie
  return {
    id,
    title,
    releaseDate,
    genre,
    director,
    distributor,
    mpaaRating,
    runtimeMinutes,
    imdbRating,
    imdbVotes,
    rottenTomatoesRating,
    budgetUsd,
    worldwideGrossUsd,
  }
}

/** PostgreSQL compares a column only with a value of its own type, and knows no year 0. */
function fits(sort: Sort, value: string | number | null): boolean {
  const { column } = orderOf(sort)
  if (column === 'titleKey') return typeof value === 'string'
  if (value === null) return true
  return column === 'releaseDate' ? releaseDate.safeParse(value).success : typeof value === 'number'
}
