import { DataTypes, type ModelStatic, Sequelize } from 'sequelize'
import type { Movie, RefreshToken, Role, User } from './rows.ts'

export interface Models {
  sequelize: Sequelize
  User: ModelStatic<User>
  Role: ModelStatic<Role>
  RefreshToken: ModelStatic<RefreshToken>
  Movie: ModelStatic<Movie>
}

/** What is looked up has an index, which tutorials tend to forget: their servers should not lose by that. */
export function connect(url: string): Models {
  const sequelize = new Sequelize(url, { dialect: 'postgres', logging: false })
  const User = sequelize.define<User>('users', {
    email: { type: DataTypes.STRING, unique: true },
    password: DataTypes.STRING,
  })
  const Role = sequelize.define<Role>('roles', { name: DataTypes.STRING })
  User.belongsToMany(Role, { through: 'user_roles', as: 'roles' })
  Role.belongsToMany(User, { through: 'user_roles', as: 'users' })
  const RefreshToken = sequelize.define<RefreshToken>('refresh_tokens', {
    token: { type: DataTypes.STRING, unique: true },
    expiryDate: DataTypes.DATE,
    userId: DataTypes.INTEGER,
  })
  RefreshToken.belongsTo(User, { foreignKey: 'userId', as: 'user' })
  return { sequelize, User, Role, RefreshToken, Movie: defineMovie(sequelize) }
}

const defineMovie = (sequelize: Sequelize): ModelStatic<Movie> =>
  sequelize.define<Movie>(
    'movies',
    {
      title: DataTypes.STRING(500),
      release_date: DataTypes.DATEONLY,
      genre: DataTypes.STRING,
      director: DataTypes.STRING,
      distributor: DataTypes.STRING,
      mpaa_rating: DataTypes.STRING,
      runtime_minutes: DataTypes.INTEGER,
      imdb_rating: DataTypes.FLOAT,
      imdb_votes: DataTypes.INTEGER,
      rotten_tomatoes_rating: DataTypes.INTEGER,
      budget_usd: DataTypes.BIGINT,
      worldwide_gross_usd: DataTypes.BIGINT,
    },
    { timestamps: false, indexes: [{ fields: ['title'] }] },
  )
