import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type UserStatus = 'active' | 'disabled'
export type UserModel = ReturnType<typeof defineUser>

export function defineUser(sequelize: Sequelize) {
  class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
    declare static readonly sequelize: Sequelize
    declare id: string
    declare email: string
    declare name: string | null
    declare passwordHash: string
    declare status: CreationOptional<UserStatus>
    declare authVersion: CreationOptional<number>
    declare emailVerifiedAt: CreationOptional<Date | null>
    declare createdAt: CreationOptional<Date>
    declare updatedAt: CreationOptional<Date>
  }
  return User.init(
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      email: { type: DataTypes.TEXT, allowNull: false, validate: { isEmail: true, isLowercase: true, len: [3, 254] } },
      name: { type: DataTypes.TEXT, validate: { len: [1, 200] } },
      passwordHash: { type: DataTypes.TEXT, allowNull: false, validate: { notEmpty: true } },
      status: {
        type: DataTypes.TEXT,
        allowNull: false,
        defaultValue: 'active',
        validate: { isIn: [['active', 'disabled']] },
      },
      authVersion: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1, validate: { min: 1 } },
      emailVerifiedAt: { type: DataTypes.DATE },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      updatedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { sequelize, tableName: 'users', underscored: true },
  )
}
