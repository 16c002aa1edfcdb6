import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type SessionModel = ReturnType<typeof defineSession>

export function defineSession(sequelize: Sequelize) {
  class Session extends Model<InferAttributes<Session>, InferCreationAttributes<Session>> {
    declare static readonly sequelize: Sequelize
    declare id: string
    declare userId: string
    declare refreshHash: Buffer
    declare previousRefreshHash: CreationOptional<Buffer | null>
    declare rotatedAt: CreationOptional<Date | null>
    declare createdAt: Date
    declare lastUsedAt: Date
    declare expiresAt: Date
    declare revokedAt: CreationOptional<Date | null>
    declare ip: string | null
    declare userAgent: string | null
  }
  return Session.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      userId: { type: DataTypes.UUID, allowNull: false },
      refreshHash: { type: DataTypes.BLOB, allowNull: false },
      previousRefreshHash: { type: DataTypes.BLOB },
      rotatedAt: { type: DataTypes.DATE },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      lastUsedAt: { type: DataTypes.DATE, allowNull: false },
      expiresAt: { type: DataTypes.DATE, allowNull: false },
      revokedAt: { type: DataTypes.DATE },
      ip: { type: DataTypes.INET },
      userAgent: { type: DataTypes.TEXT, validate: { len: [0, 500] } },
    },
    { sequelize, tableName: 'sessions', underscored: true, timestamps: false },
  )
}
