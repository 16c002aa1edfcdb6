import type { Transaction } from 'sequelize'
import type { RoleModel } from '../models/role.model.ts'

export interface Role {
  name: string
  description: string | null
  builtin: boolean
  createdAt: Date
  updatedAt: Date
}

export type RoleRepository = ReturnType<typeof createRoleRepository>

export function createRoleRepository(roles: RoleModel, transaction: Transaction | null = null) {
  return { findAll, exists, lock }

  async function findAll(): Promise<Role[]> {
    return roles.findAll({ order: ['name'], raw: true, transaction })
  }

  async function exists(name: string): Promise<boolean> {
    return (await roles.findByPk(name, { attributes: ['name'], raw: true, transaction })) !== null
  }

  /** Whoever else locks this role waits until the transaction ends. Granting it does not wait. */
  async function lock(name: string): Promise<Role | null> {
    if (!transaction) throw new Error('A lock needs a transaction.')
    return roles.findByPk(name, { lock: transaction.LOCK.NO_KEY_UPDATE, raw: true, transaction })
  }
}
