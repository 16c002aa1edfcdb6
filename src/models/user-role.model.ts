import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type UserRoleModel = ReturnType<typeof defineUserRole>

export function defineUserRole(sequelize: Sequelize) {
  class UserRole extends Model<InferAttributes<UserRole>, InferCreationAttributes<UserRole>> {
    declare static readonly sequelize: Sequelize
    declare userId: string
    declare role: string
    declare grantedBy: string | null
    declare grantedAt: CreationOptional<Date>
  }
  return UserRole.init(
    {
      userId: { type: DataTypes.UUID, primaryKey: true },
      role: { type: DataTypes.TEXT, primaryKey: true },
      grantedBy: { type: DataTypes.UUID },
      grantedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { sequelize, tableName: 'user_roles', underscored: true, createdAt: 'grantedAt', updatedAt: false },
  )
}
