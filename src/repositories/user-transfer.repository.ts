import type { Transaction } from 'sequelize'
import type { UserModel, UserStatus } from '../models/user.model.ts'
import { createStatements } from './statement.ts'
import type { User } from './user.repository.ts'
import { SHOWN_USER } from './user-columns.ts'

/** An account as it comes from elsewhere. */
export interface TransferredUser {
  id: string
  email: string
  name: string | null
  passwordHash: string
  status: UserStatus
  emailVerifiedAt: Date | null
  createdAt: Date
}

export type UserWithHash = User & { passwordHash: string }

// In the order of the emails: two that insert the same ones wait for each other, and never both at once.
const INSERT = `
  INSERT INTO users (id, email, name, password_hash, status, email_verified_at, created_at)
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[])
    AS given (id, email, name, password_hash, status, email_verified_at, created_at) ORDER BY email
  ON CONFLICT ON CONSTRAINT users_email_key DO NOTHING RETURNING id`
const GRANT = 'INSERT INTO user_roles (user_id, role) SELECT * FROM unnest($1::uuid[], $2::text[])'

const SHOWN = `SELECT ${SHOWN_USER}, password_hash AS "passwordHash" FROM users`

/** Many accounts at once, with their hashes, on their way in or out. */
export function createUserTransferRepository(users: UserModel, transaction: Transaction | null = null) {
  const rowsOf = createStatements(users.sequelize, transaction)

  return { insertNew, grant, findByEmails, findBehind }

  /** Inserts those whose address nobody has, without roles. Gives their ids. */
  async function insertNew(given: readonly TransferredUser[]): Promise<Set<string>> {
    const rows = await rowsOf<{ id: string }>(INSERT, [
      given.map(({ id }) => id),
      given.map(({ email }) => email),
      given.map(({ name }) => name),
      given.map(({ passwordHash }) => passwordHash),
      given.map(({ status }) => status),
      given.map(({ emailVerifiedAt }) => emailVerifiedAt),
      given.map(({ createdAt }) => createdAt),
    ])
    return new Set(rows.map(({ id }) => id))
  }

  /** Gives users roles that they do not have yet. */
  async function grant(grants: readonly { userId: string; role: string }[]): Promise<void> {
    await rowsOf(GRANT, [grants.map(({ userId }) => userId), grants.map(({ role }) => role)])
  }

  async function findByEmails(emails: readonly string[]): Promise<UserWithHash[]> {
    return rowsOf(`${SHOWN} WHERE email = ANY ($1)`, [emails])
  }

  /** In the order of their ids, from the first behind `id` on. */
  async function findBehind(id: string, limit: number): Promise<UserWithHash[]> {
    return rowsOf(`${SHOWN} WHERE id > $1 ORDER BY id LIMIT $2`, [id, limit])
  }
}
