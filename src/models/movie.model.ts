import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type MovieModel = ReturnType<typeof defineMovie>

/** PostgreSQL's `numeric` and `bigint` arrive as text: they can hold more than a number. */
export function defineMovie(sequelize: Sequelize) {
  class Movie extends Model<InferAttributes<Movie>, InferCreationAttributes<Movie>> {
    declare id: string
    declare title: string
    declare titleKey: CreationOptional<string>
    declare releaseDate: string | null
    declare genre: string | null
    declare director: string | null
    declare distributor: string | null
    declare mpaaRating: string | null
    declare runtimeMinutes: number | null
    declare imdbRating: string | null
    declare imdbVotes: number | null
    declare rottenTomatoesRating: number | null
    declare budgetUsd: string | null
    declare worldwideGrossUsd: string | null
  }
  return Movie.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      title: { type: DataTypes.TEXT, allowNull: false, validate: { len: [1, 500] } },
      titleKey: { type: DataTypes.TEXT },
      releaseDate: { type: DataTypes.DATEONLY },
      genre: { type: DataTypes.TEXT },
      director: { type: DataTypes.TEXT },
      distributor: { type: DataTypes.TEXT },
      mpaaRating: { type: DataTypes.TEXT },
      runtimeMinutes: { type: DataTypes.INTEGER, validate: { min: 1 } },
      imdbRating: { type: DataTypes.DECIMAL(3, 1), validate: { min: 0, max: 10 } },
      imdbVotes: { type: DataTypes.INTEGER, validate: { min: 0 } },
      rottenTomatoesRating: { type: DataTypes.INTEGER, validate: { min: 0, max: 100 } },
      budgetUsd: { type: DataTypes.BIGINT, validate: { min: 1 } },
      worldwideGrossUsd: { type: DataTypes.BIGINT, validate: { min: 1 } },
    },
    { sequelize, tableName: 'movies', underscored: true, timestamps: false },
  )
}
