import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize'

export type SigningKeyState = 'next' | 'current' | 'previous'

/** A public EC key without what the JWKS adds (RFC 7518 §6.2.1). */
export interface PublicJwk {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

export type SigningKeyModel = ReturnType<typeof defineSigningKey>

export function defineSigningKey(sequelize: Sequelize) {
  class SigningKey extends Model<InferAttributes<SigningKey>, InferCreationAttributes<SigningKey>> {
    declare kid: string
    declare state: SigningKeyState
    declare publicJwk: PublicJwk
    declare sealedPrivateKey: Buffer
    declare createdAt: CreationOptional<Date>
    declare activatedAt: Date | null
    declare retiredAt: CreationOptional<Date | null>
  }
  return SigningKey.init(
    {
      kid: { type: DataTypes.TEXT, primaryKey: true },
      state: { type: DataTypes.TEXT, allowNull: false, validate: { isIn: [['next', 'current', 'previous']] } },
      publicJwk: { type: DataTypes.JSONB, allowNull: false },
      sealedPrivateKey: { type: DataTypes.BLOB, allowNull: false },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      activatedAt: { type: DataTypes.DATE },
      retiredAt: { type: DataTypes.DATE },
    },
    { sequelize, tableName: 'signing_keys', underscored: true, updatedAt: false },
  )
}
