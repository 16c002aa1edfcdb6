import { literal, Op, type Transaction } from 'sequelize'
import type { UserRoleModel } from '../models/user-role.model.ts'
import { translating } from './constraint.ts'
import { createStatements } from './statement.ts'

export interface Grant {
  role: string
  grantedAt: Date
}

const UNKNOWN = { user_roles_user_id_fkey: 'not_found', user_roles_role_fkey: 'not_found' } as const
// Sequelize's own ways to skip a duplicate do not tell whether there was one.
const INSERT = `INSERT INTO user_roles (user_id, role, granted_by) VALUES ($1, $2, $3)
                ON CONFLICT ON CONSTRAINT user_roles_pkey DO NOTHING RETURNING role`
const ACTIVE = literal(`EXISTS (SELECT FROM users WHERE id = "UserRole".user_id AND status = 'active')`)

export function createUserRoleRepository(userRoles: UserRoleModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(userRoles.sequelize, transaction)

  return { insert, delete: remove, deleteAllOf, findGrants, hasActiveHolder }

  /** Throws `not_found` for an unknown user or role. False where the user had the role before. */
  async function insert(userId: string, role: string, grantedBy: string | null): Promise<boolean> {
    const rows = await translating(UNKNOWN, rowsOf(INSERT, [userId, role, grantedBy]))
    return rows.length > 0
  }

  /** False where there was nothing to delete. */
  async function remove(userId: string, role: string): Promise<boolean> {
    return (await userRoles.destroy({ where: { userId, role }, transaction })) > 0
  }

  /** Takes a role from everybody, and tells from how many. */
  async function deleteAllOf(role: string): Promise<number> {
    return userRoles.destroy({ where: { role }, transaction })
  }

  /** Which roles a user has, and since when. */
  async function findGrants(userId: string): Promise<Grant[]> {
    const where = { userId }
    return userRoles.findAll({ where, attributes: ['role', 'grantedAt'], order: ['role'], raw: true, transaction })
  }

  async function hasActiveHolder(role: string): Promise<boolean> {
    const where = { [Op.and]: [{ role }, ACTIVE] }
    return (await userRoles.findOne({ where, attributes: ['userId'], raw: true, transaction })) !== null
  }
}
