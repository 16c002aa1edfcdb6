import { DataTypes, type InferAttributes, type InferCreationAttributes, Model, type Sequelize } from 'sequelize'

export type AuditSealModel = ReturnType<typeof defineAuditSeal>

export function defineAuditSeal(sequelize: Sequelize) {
  class AuditSeal extends Model<InferAttributes<AuditSeal>, InferCreationAttributes<AuditSeal>> {
    declare static readonly sequelize: Sequelize
    declare number: number
    declare month: string
    declare sealedAt: Date
    declare eventIds: string[]
    declare digests: Buffer
    declare previousHash: Buffer
    declare hash: Buffer
  }
  return AuditSeal.init(
    {
      number: { type: DataTypes.BIGINT, primaryKey: true, validate: { min: 1 } },
      month: { type: DataTypes.DATEONLY, allowNull: false },
      sealedAt: { type: DataTypes.DATE(3), allowNull: false },
      eventIds: { type: DataTypes.ARRAY(DataTypes.UUID), allowNull: false },
      digests: { type: DataTypes.BLOB, allowNull: false },
      previousHash: { type: DataTypes.BLOB, allowNull: false },
      hash: { type: DataTypes.BLOB, allowNull: false },
    },
    { sequelize, tableName: 'audit_seals', underscored: true, timestamps: false },
  )
}
