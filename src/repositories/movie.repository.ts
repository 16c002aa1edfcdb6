import { Op, type Transaction, type WhereOptions } from 'sequelize'
import type { MovieModel } from '../models/movie.model.ts'

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

export interface MoviePage {
  items: Movie[]
  hasMore: boolean
}

export type MovieRepository = ReturnType<typeof createMovieRepository>

export function createMovieRepository(movies: MovieModel, transaction: Transaction | null = null) {
  return { findById, findPage }

  async function findById(id: string): Promise<Movie | null> {
    const row = await movies.findByPk(id, { raw: true, transaction })
    return row && toMovie(row)
  }

  /** Keyset pages: what is unknown comes last in either direction, and `id` settles what is equal. */
  async function findPage(
    filter: MovieFilter,
    { column, descending }: MovieOrder,
    limit: number,
    after: MoviePlace | null,
  ): Promise<MoviePage> {
    const rows = await movies.findAll({
      where: { [Op.and]: [matching(filter), after ? behind(after, column, descending) : {}] },
      order: [
        [column, descending ? 'DESC NULLS LAST' : 'ASC NULLS LAST'],
        ['id', 'ASC'],
      ],
      limit: limit + 1,
      raw: true,
      transaction,
    })
    return { items: rows.slice(0, limit).map(toMovie), hasMore: rows.length > limit }
  }
}

function matching({ titleContains, genre, year }: MovieFilter): WhereOptions {
  return {
    ...(titleContains !== undefined && { title: { [Op.iLike]: `%${escapeLike(titleContains)}%` } }),
    ...(genre !== undefined && { genre }),
    ...(year !== undefined && { releaseDate: { [Op.between]: [`${year}-01-01`, `${year}-12-31`] } }),
  }
}

function behind({ value, id }: MoviePlace, column: MovieColumn, descending: boolean): WhereOptions {
  if (value === null) return { [column]: null, id: { [Op.gt]: id } }
  return {
    [Op.or]: [
      { [column]: { [descending ? Op.lt : Op.gt]: value } },
      { [column]: value, id: { [Op.gt]: id } },
      ...(column === 'titleKey' ? [] : [{ [column]: null }]),
    ],
  }
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

function toMovie(row: InstanceType<MovieModel>): Movie {
  const { imdbRating, budgetUsd, worldwideGrossUsd } = row
  return {
    ...row,
    imdbRating: numberOrNull(imdbRating),
    budgetUsd: numberOrNull(budgetUsd),
    worldwideGrossUsd: numberOrNull(worldwideGrossUsd),
  }
}

const numberOrNull = (text: string | null): number | null => (text === null ? null : Number(text))
