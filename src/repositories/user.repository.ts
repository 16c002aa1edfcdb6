import { literal, type Transaction, type WhereOptions } from 'sequelize'
import type { UserModel, UserStatus } from '../models/user.model.ts'
import { translating } from './constraint.ts'

/** An account with its present roles, without its password hash. */
export interface User {
  id: string
  email: string
  name: string | null
  status: UserStatus
  roles: string[]
  /** Raised by every change of roles, status or password; the `ver` of the tokens issued meanwhile. */
  authVersion: number
  createdAt: Date
  updatedAt: Date
}

export interface NewUser {
  id: string
  email: string
  name: string | null
  passwordHash: string
}

export type UserRepository = ReturnType<typeof createUserRepository>

// One correlated subselect instead of an ORM join: one row a user, and no grouping.
const ROLES = literal(`ARRAY(SELECT role FROM user_roles WHERE user_id = "User".id ORDER BY role)`)
const VISIBLE = ['id', 'email', 'name', 'status', 'authVersion', 'createdAt', 'updatedAt'] as const

export function createUserRepository(users: UserModel, transaction: Transaction | null = null) {
  return { insert, findById, findByEmail, replacePasswordHash, raiseAuthVersion }

  /** Throws `email_taken`: the unique constraint decides between registrations that race. */
  async function insert(user: NewUser): Promise<void> {
    await translating({ users_email_key: 'email_taken' }, users.create(user, { transaction }))
  }

  async function findById(id: string): Promise<User | null> {
    return find<User>({ id }, [...VISIBLE])
  }

  /** With the password hash, for a login. The email is expected in its normalised form. */
  async function findByEmail(email: string): Promise<(User & { passwordHash: string }) | null> {
    return find<User & { passwordHash: string }>({ email }, [...VISIBLE, 'passwordHash'])
  }

  async function find<T>(where: WhereOptions, attributes: string[]): Promise<T | null> {
    const row = await users.findOne({ where, attributes: [...attributes, [ROLES, 'roles']], raw: true, transaction })
    return row as T | null
  }

  /** Only while the hash is still the one that was verified: a password changed meanwhile stays changed. */
  async function replacePasswordHash(id: string, oldHash: string, newHash: string): Promise<void> {
    await users.update({ passwordHash: newHash }, { where: { id, passwordHash: oldHash }, silent: true, transaction })
  }

  async function raiseAuthVersion(id: string): Promise<void> {
    await users.increment('authVersion', { where: { id }, ...(transaction && { transaction }) })
  }
}
