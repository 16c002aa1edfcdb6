import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type RoleModel = ReturnType<typeof defineRole>

export function defineRole(sequelize: Sequelize) {
  class Role extends Model<InferAttributes<Role>, InferCreationAttributes<Role>> {
    declare static readonly sequelize: Sequelize
    declare name: string
    declare description: string | null
    declare builtin: CreationOptional<boolean>
    declare createdAt: CreationOptional<Date>
    declare updatedAt: CreationOptional<Date>
  }
  return Role.init(
    {
      name: { type: DataTypes.TEXT, primaryKey: true, validate: { is: /^[a-z][a-z0-9_-]{0,63}$/ } },
      description: { type: DataTypes.TEXT, validate: { len: [0, 500] } },
      builtin: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      updatedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { sequelize, tableName: 'roles', underscored: true },
  )
}
