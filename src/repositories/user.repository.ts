import type { Transaction } from 'sequelize'
import type { UserModel, UserStatus } from '../models/user.model.ts'
import { translating } from './constraint.ts'
import type { RunPrepared, Statement } from './statement.ts'
import { SHOWN_USER, USER_COLUMNS } from './user-columns.ts'

/** An account with its present roles, without its password hash. */
export interface User {
  id: string
  email: string
  name: string | null
  status: UserStatus
  roles: string[]
  /** Raised by every change of roles, status or password; the `ver` of the tokens issued meanwhile. */
  authVersion: number
  /** When the address was shown to be theirs; null where it never was. */
  emailVerifiedAt: Date | null
  createdAt: Date
  updatedAt: Date
}

export type UserWithHash = User & { passwordHash: string }

/** What a login finds: the account, and what to compare with where there is none. */
export interface ForLogin {
  found: UserWithHash | null
  standInHash: string | null
}

export interface NewUser {
  id: string
  email: string
  name: string | null
  passwordHash: string
}

export interface UserChange {
  name?: string | null | undefined
  status?: UserStatus | undefined
  emailVerifiedAt?: Date | null | undefined
}

export type UserRepository = ReturnType<typeof createUserRepository>

const EMAIL_TAKEN = { users_email_key: 'email_taken' } as const

const BY_ID: Statement = { name: 'user_by_id', text: `SELECT ${SHOWN_USER} FROM users WHERE id = $1` }
const BY_EMAIL: Statement = {
  name: 'user_by_email',
  text: `SELECT ${SHOWN_USER} FROM users WHERE email = $1`,
}

const STAND_INS = 'SELECT password_hash FROM users'
const STAND_IN_POINT = 'right(id::text, 12) COLLATE "C"'

/**
 * Both are looked for whether or not there is the account. Planned each time: a plan from when there were few accounts
 * would read all of them after many were imported.
 */
const FOR_LOGIN: Statement = {
  name: null,
  text: `SELECT found.*, stand_in.hash AS "standInHash"
         FROM (SELECT coalesce(
                 (${STAND_INS} WHERE ${STAND_IN_POINT} >= $2 ORDER BY ${STAND_IN_POINT} LIMIT 1),
                 (${STAND_INS} ORDER BY ${STAND_IN_POINT} LIMIT 1)) AS hash) AS stand_in
         LEFT JOIN (SELECT ${SHOWN_USER}, password_hash AS "passwordHash" FROM users WHERE email = $1) AS found ON true`,
}

const INSERT: Statement = {
  name: 'user_insert',
  text: `WITH made AS (
           INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, $3, $4)
           RETURNING id, email, name, status, auth_version, email_verified_at, created_at, updated_at),
         granted AS (INSERT INTO user_roles (user_id, role) SELECT id, unnest($5::text[]) FROM made RETURNING role)
         SELECT ${USER_COLUMNS}, ARRAY(SELECT role FROM granted ORDER BY role) AS roles FROM made`,
}

export function createUserRepository(
  users: UserModel,
  runPrepared: RunPrepared,
  transaction: Transaction | null = null,
) {
  return {
    insert,
    findById,
    findByEmail,
    findForLogin,
    findPasswordHash,
    lock,
    lockExclusively,
    update,
    replaceEmail,
    replacePasswordHash,
    raiseAuthVersion,
    delete: remove,
  }

  /** With its first roles. Throws `email_taken`: the unique constraint decides between registrations that race. */
  async function insert({ id, email, name, passwordHash }: NewUser, roles: readonly string[]): Promise<User> {
    const rows = runPrepared<User>(INSERT, [id, email, name, passwordHash, roles])
    const [user] = await translating(EMAIL_TAKEN, rows)
    if (!user) throw new Error('A user was inserted, and is not there.')
    return user
  }

  async function findById(id: string): Promise<User | null> {
    const [user] = await runPrepared<User>(BY_ID, [id])
    return user ?? null
  }

  /** The email is expected in its normalised form. */
  async function findByEmail(email: string): Promise<User | null> {
    const [user] = await runPrepared<User>(BY_EMAIL, [email])
    return user ?? null
  }

  /**
   * As `findByEmail`, with the password hash, and that of whichever account is next at a point of twelve hexadecimal
   * digits: null where there is none at all.
   */
  async function findForLogin(email: string, standInPoint: string): Promise<ForLogin> {
    type Row = (UserWithHash | { id: null }) & Pick<ForLogin, 'standInHash'>
    const [row] = await runPrepared<Row>(FOR_LOGIN, [email, standInPoint])
    if (!row) throw new Error('A statement that always gives a row gave none.')
    const { standInHash, ...found } = row
    return { found: found.id === null ? null : found, standInHash }
  }

  async function findPasswordHash(id: string): Promise<string | null> {
    const row = await users.findByPk(id, { attributes: ['passwordHash'], raw: true, transaction })
    return row?.passwordHash ?? null
  }

  /** Whoever else locks or changes this user, or opens a session for them, waits until the transaction ends. */
  async function lock(id: string): Promise<void> {
    await lockRow(id, 'NO_KEY_UPDATE')
  }

  /**
   * As `lock`, and whoever gives the user a role waits too. What deletes a user or changes the email needs that in the
   * end; where it first takes the weaker lock, the two wait for each other.
   */
  async function lockExclusively(id: string): Promise<void> {
    await lockRow(id, 'UPDATE')
  }

  async function lockRow(id: string, strength: 'NO_KEY_UPDATE' | 'UPDATE'): Promise<void> {
    if (!transaction) throw new Error('A lock needs a transaction.')
    await users.findByPk(id, { attributes: ['id'], lock: transaction.LOCK[strength], raw: true, transaction })
  }

  async function update(id: string, { name, status, emailVerifiedAt }: UserChange): Promise<void> {
    const change = {
      ...(name !== undefined && { name }),
      ...(status !== undefined && { status }),
      ...(emailVerifiedAt !== undefined && { emailVerifiedAt }),
    }
    await users.update(change, { where: { id }, transaction })
  }

  /**
   * Only while the hash is still the one that was verified: false where the password was changed meanwhile. The new
   * address is not verified. Throws `email_taken`.
   */
  async function replaceEmail(id: string, verifiedHash: string, email: string): Promise<boolean> {
    const where = { id, passwordHash: verifiedHash }
    const [count] = await translating(
      EMAIL_TAKEN,
      users.update({ email, emailVerifiedAt: null }, { where, transaction }),
    )
    return count > 0
  }

  /** Only while the hash is still the one that was verified: false where the password was changed meanwhile. */
  async function replacePasswordHash(id: string, oldHash: string, newHash: string): Promise<boolean> {
    const where = { id, passwordHash: oldHash }
    const [count] = await users.update({ passwordHash: newHash }, { where, silent: true, transaction })
    return count > 0
  }

  async function raiseAuthVersion(id: string): Promise<void> {
    await users.increment('authVersion', { where: { id }, ...(transaction && { transaction }) })
  }

  /** The sessions and roles go with the user. */
  async function remove(id: string): Promise<void> {
    await users.destroy({ where: { id }, transaction })
  }
}
