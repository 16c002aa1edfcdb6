import type { Transaction } from 'sequelize'
import type { RoleModel } from '../models/role.model.ts'
import { translating } from './constraint.ts'
import { createStatements } from './statement.ts'

export interface Role {
  name: string
  description: string | null
  builtin: boolean
  createdAt: Date
  updatedAt: Date
}

export interface NewRole {
  name: string
  description: string | null
}

export interface RoleChange {
  description?: string | null | undefined
}

export type RoleRepository = ReturnType<typeof createRoleRepository>

const KEEP = `SELECT name FROM roles WHERE name IN (SELECT role FROM user_roles WHERE user_id = $1)
              ORDER BY name FOR KEY SHARE`

// In one order, so that two that make the same roles wait for each other.
const INSERT_MISSING = `INSERT INTO roles (name) SELECT unnest($1::text[]) AS name ORDER BY name
                        ON CONFLICT ON CONSTRAINT roles_pkey DO NOTHING RETURNING name`

export function createRoleRepository(roles: RoleModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(roles.sequelize, transaction)

  return {
    findAll,
    exists,
    insert,
    insertMissing,
    updateDescription,
    delete: remove,
    lock,
    lockExclusively,
    keepThoseOf,
  }

  async function findAll(): Promise<Role[]> {
    return roles.findAll({ order: ['name'], raw: true, transaction })
  }

  async function exists(name: string): Promise<boolean> {
    return (await roles.findByPk(name, { attributes: ['name'], raw: true, transaction })) !== null
  }

  /** Makes those that are missing, without a description. Gives their names. */
  async function insertMissing(names: readonly string[]): Promise<string[]> {
    return (await rowsOf<{ name: string }>(INSERT_MISSING, [names])).map(({ name }) => name)
  }

  /** Throws `role_taken`. */
  async function insert(role: NewRole): Promise<Role> {
    const row = await translating({ roles_pkey: 'role_taken' }, roles.create(role, { transaction }))
    return row.get()
  }

  async function updateDescription(name: string, description: string | null): Promise<void> {
    await roles.update({ description }, { where: { name }, transaction })
  }

  async function remove(name: string): Promise<void> {
    await roles.destroy({ where: { name }, transaction })
  }

  /** Whoever else locks this role waits until the transaction ends. Granting it does not wait. */
  async function lock(name: string): Promise<Role | null> {
    if (!transaction) throw new Error('A lock needs a transaction.')
    return roles.findByPk(name, { lock: transaction.LOCK.NO_KEY_UPDATE, raw: true, transaction })
  }

  /** Whoever else locks this role or grants it waits until the transaction ends. */
  async function lockExclusively(name: string): Promise<Role | null> {
    if (!transaction) throw new Error('A lock needs a transaction.')
    return roles.findByPk(name, { lock: transaction.LOCK.UPDATE, raw: true, transaction })
  }

  /** Whoever wants to delete a role of this user waits until the transaction ends. */
  async function keepThoseOf(userId: string): Promise<void> {
    await rowsOf(KEEP, [userId])
  }
}
