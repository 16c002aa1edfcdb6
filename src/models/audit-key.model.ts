import { DataTypes, type InferAttributes, type InferCreationAttributes, Model, type Sequelize } from 'sequelize'

export type AuditKeyModel = ReturnType<typeof defineAuditKey>

export function defineAuditKey(sequelize: Sequelize) {
  class AuditKey extends Model<InferAttributes<AuditKey>, InferCreationAttributes<AuditKey>> {
    declare id: string
    declare sealedKey: Buffer
    declare lastSeal: number
  }
  return AuditKey.init(
    {
      id: { type: DataTypes.TEXT, primaryKey: true },
      sealedKey: { type: DataTypes.BLOB, allowNull: false },
      lastSeal: { type: DataTypes.BIGINT, allowNull: false },
    },
    { sequelize, tableName: 'audit_keys', underscored: true, timestamps: false },
  )
}
