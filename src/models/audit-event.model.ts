import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type AuditDetails = Readonly<Record<string, string | number | null>>
export type AuditEventModel = ReturnType<typeof defineAuditEvent>

export function defineAuditEvent(sequelize: Sequelize) {
  class AuditEvent extends Model<InferAttributes<AuditEvent>, InferCreationAttributes<AuditEvent>> {
    declare static readonly sequelize: Sequelize
    declare id: string
    declare occurredAt: CreationOptional<Date>
    declare action: string
    declare actorId: string | null
    declare subjectId: string | null
    declare ip: string | null
    declare userAgent: string | null
    declare requestId: string | null
    declare details: AuditDetails
    declare seal: CreationOptional<string | null>
  }
  return AuditEvent.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      occurredAt: { type: DataTypes.DATE(3), allowNull: false, defaultValue: sequelize.literal('clock_timestamp()') },
      action: { type: DataTypes.TEXT, allowNull: false, validate: { is: /^[a-z_]{1,64}$/ } },
      actorId: { type: DataTypes.UUID },
      subjectId: { type: DataTypes.UUID },
      ip: { type: DataTypes.INET },
      userAgent: { type: DataTypes.TEXT, validate: { len: [0, 500] } },
      requestId: { type: DataTypes.TEXT, validate: { len: [1, 64] } },
      details: { type: DataTypes.JSONB, allowNull: false },
      seal: { type: DataTypes.BIGINT, validate: { min: 1 } },
    },
    { sequelize, tableName: 'audit_events', underscored: true, timestamps: false },
  )
}
