import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

/** What has come of an import so far. */
export interface ImportProgress {
  /** Records of the source that are dealt with. */
  read: number
  imported: number
  /** Accounts that were there before, and are changed as the source says. */
  updated: number
  /** Accounts that were there before, just as the source says. */
  unchanged: number
  /** Accounts that were there before, and are left as they are. */
  left: number
  rejected: number
  /** Of the imported: who cannot log in before a password is set. */
  withoutPassword: number
  /** How many of the imported have each role. */
  roles: Record<string, number>
  /** Roles that were made on the way. */
  newRoles: string[]
  /** How long the file of rejects is. */
  rejectsBytes: number
}

export type ImportModel = ReturnType<typeof defineImport>

export function defineImport(sequelize: Sequelize) {
  class Import extends Model<InferAttributes<Import>, InferCreationAttributes<Import>> {
    declare static readonly sequelize: Sequelize
    declare key: string
    declare position: string | null
    declare progress: ImportProgress
    declare startedAt: CreationOptional<Date>
  }
  return Import.init(
    {
      key: { type: DataTypes.TEXT, primaryKey: true },
      position: { type: DataTypes.TEXT },
      progress: { type: DataTypes.JSONB, allowNull: false },
      startedAt: { type: DataTypes.DATE, allowNull: false },
    },
    { sequelize, tableName: 'imports', underscored: true, createdAt: 'startedAt', updatedAt: false },
  )
}
