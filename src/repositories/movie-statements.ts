import type { MovieModel } from '../models/movie.model.ts'
import type { Statement } from './statement.ts'

export type MovieColumn =
  | 'titleKey'
  | 'releaseDate'
  | 'runtimeMinutes'
  | 'imdbRating'
  | 'imdbVotes'
  | 'rottenTomatoesRating'
  | 'budgetUsd'
  | 'worldwideGrossUsd'

export interface MovieOrder {
  column: MovieColumn
  descending: boolean
}

/** The place behind an item: its value in the sorted column, and its id. */
export interface MoviePlace {
  value: string | number | null
  id: string
}

export interface MovieFilter {
  /** Taken literally; case does not count. */
  titleContains?: string | undefined
  genre?: string | undefined
  year?: number | undefined
}

/** What PostgreSQL would send as a text, which can hold more than a number. As `float8` it is the nearest number. */
const EXACT: readonly string[] = ['imdbRating', 'budgetUsd', 'worldwideGrossUsd']

/**
 * How many rows a list is asked for where nobody says how long a page is: one more than it has. Only such lists, without
 * a filter, are known by a name: one for each order and kind of place, and no client can make more of them.
 */
const USUAL_ROWS = 21

export interface PreparedPage {
  statement: Statement
  values: unknown[]
}

/** The statements that read films. */
export function createMovieStatements(movies: MovieModel) {
  const attributes = movies.getAttributes()
  const shown = Object.entries(attributes)
    .map(([name, { field }]) => `${field}${EXACT.includes(name) ? '::float8' : ''} AS "${name}"`)
    .join(', ')
  const byId: Statement = { name: 'movie_by_id', text: `SELECT ${shown} FROM movies WHERE id = $1` }

  return { byId, page }

  /** Up to `rows` films behind a place. */
  function page(filter: MovieFilter, order: MovieOrder, rows: number, after: MoviePlace | null): PreparedPage {
    const values: unknown[] = []
    const bound = (value: unknown) => `$${values.push(value)}`
    const { field: column = '' } = attributes[order.column]
    const filters = matching(filter, bound)
    const isUsual = filters.length === 0 && rows === USUAL_ROWS
    const conditions = after === null ? filters : [...filters, behind(column, order, after, bound)]
    const text = `SELECT ${shown} FROM movies WHERE ${conditions.join(' AND ') || 'true'}
      ORDER BY ${column} ${order.descending ? 'DESC' : 'ASC'} NULLS LAST, id LIMIT ${isUsual ? USUAL_ROWS : bound(rows)}`
    return { statement: { name: isUsual ? nameOf(column, order, after) : null, text }, values }
  }
}

function nameOf(column: string, { descending }: MovieOrder, after: MoviePlace | null): string {
  const place = after && (after.value === null ? '_unknown' : '_known')
  return `movies_by_${column}${descending ? '_desc' : ''}${place ?? ''}`
}

type Bound = (value: unknown) => string

function matching({ titleContains, genre, year }: MovieFilter, bound: Bound): string[] {
  return [
    ...(titleContains === undefined ? [] : [`title ILIKE ${bound(`%${escapeLike(titleContains)}%`)}`]),
    ...(genre === undefined ? [] : [`genre = ${bound(genre)}`]),
    ...(year === undefined ? [] : [`release_date BETWEEN ${bound(`${year}-01-01`)} AND ${bound(`${year}-12-31`)}`]),
  ]
}

function behind(column: string, order: MovieOrder, { value, id }: MoviePlace, bound: Bound): string {
  const place = bound(id)
  if (value === null) return `${column} IS NULL AND id > ${place}`
  // A number in a cursor can be one that the column's own type does not hold.
  const known = typeof value === 'number' ? `${bound(value)}::numeric` : bound(value)
  const unknown = order.column === 'titleKey' ? '' : ` OR ${column} IS NULL`
  return `(${column} ${order.descending ? '<' : '>'} ${known} OR (${column} = ${known} AND id > ${place})${unknown})`
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')
