import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type RevocationModel = ReturnType<typeof defineRevocation>

export function defineRevocation(sequelize: Sequelize) {
  class Revocation extends Model<InferAttributes<Revocation>, InferCreationAttributes<Revocation>> {
    declare static readonly sequelize: Sequelize
    declare id: CreationOptional<string>
    declare sessionId: string | null
    declare userId: string | null
    declare authVersion: number | null
    declare roles: string[] | null
    declare status: 'active' | 'disabled' | 'deleted' | null
    declare email: string | null
    declare role: string | null
    declare sessionsBefore: Date | null
    declare recordedAt: Date
  }
  return Revocation.init(
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      sessionId: { type: DataTypes.UUID },
      userId: { type: DataTypes.UUID },
      authVersion: { type: DataTypes.INTEGER, validate: { min: 1 } },
      roles: { type: DataTypes.ARRAY(DataTypes.TEXT) },
      status: { type: DataTypes.TEXT, validate: { isIn: [['active', 'disabled', 'deleted']] } },
      email: { type: DataTypes.TEXT },
      role: { type: DataTypes.TEXT },
      sessionsBefore: { type: DataTypes.DATE },
      recordedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { sequelize, tableName: 'revocations', underscored: true, timestamps: false },
  )
}
