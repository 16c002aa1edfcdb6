import { v7 as uuidv7 } from 'uuid'
import { AppError } from '../errors/app-error.ts'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import { type Happening, record } from './audit-trail.ts'
import { USER_ROLE } from './builtin-roles.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import type { Origin } from './origin.ts'
import type { PasswordService } from './password.service.ts'
import type { IssuedTokens, SessionService } from './session.service.ts'

export interface Registration {
  /** Normalised. */
  email: string
  password: string
  name?: string | undefined
}

export interface Credentials {
  /** Normalised. */
  email: string
  password: string
}

export interface AuthDependencies {
  repositories: Pick<Repositories, 'users' | 'auditEvents'>
  atomically: Atomically
  passwords: PasswordService
  sessions: SessionService
}

export type AuthService = ReturnType<typeof createAuthService>

export function createAuthService({ repositories, atomically, passwords, sessions }: AuthDependencies) {
  const oneAtATime = createOneAtATime()
  return { register, login }

  /**
   * The account, its role and its first session come to be together, or not at all.
   * Throws `email_taken`, `overloaded`, and `invalid_request` for a weak password.
   */
  async function register({ email, password, name }: Registration, origin: Origin): Promise<IssuedTokens> {
    await passwords.requireStrong(password, name === undefined ? [email] : [email, name], '/password')
    // The unique constraint decides. Waiting only saves the hashes of those who would lose against it.
    return oneAtATime(email, async () => {
      if (await repositories.users.findByEmail(email)) throw new AppError('email_taken')
      const newUser = { id: uuidv7(), email, name: name ?? null, passwordHash: await passwords.hash(password) }
      return atomically(async (within) => {
        await within.users.insert(newUser)
        await within.userRoles.insert(newUser.id, USER_ROLE, null)
        const user = await within.users.findById(newUser.id)
        const tokens = user && (await sessions.open(within.sessions, user, newUser.passwordHash, origin))
        if (!tokens) throw new Error('A user is gone in the transaction that made it.')
        await record(within, origin, { action: 'registered', actorId: user.id, subjectId: user.id })
        return tokens
      })
    })
  }

  /**
   * Throws the same `invalid_credentials` for an unknown address, a wrong password and a disabled account, after the
   * same work; `overloaded` where hashing is.
   */
  async function login({ email, password }: Credentials, origin: Origin): Promise<IssuedTokens> {
    const found = await repositories.users.findByEmail(email)
    // An unknown address is compared with a decoy, so both answers cost one hash.
    const matches = await passwords.verify(password, found?.passwordHash ?? passwords.decoyHash)
    if (!found) return refuse(origin, { subjectId: null, details: { reason: 'unknown_email', email } })
    if (!matches) return refuse(origin, { subjectId: found.id, details: { reason: 'wrong_password' } })
    if (found.status === 'disabled') return refuse(origin, { subjectId: found.id, details: { reason: 'disabled' } })
    const { passwordHash, ...user } = found
    const presentHash = passwords.needsRehash(passwordHash)
      ? await rehash(user.id, passwordHash, password)
      : passwordHash
    const tokens = await atomically(async (within) => {
      const opened = await sessions.open(within.sessions, user, presentHash, origin)
      if (opened) await record(within, origin, { action: 'login', actorId: user.id, subjectId: user.id })
      return opened
    })
    return tokens ?? refuse(origin, { subjectId: user.id, details: { reason: 'closed_meanwhile' } })
  }

  /** The reason is for the audit trail: whoever tried is told the same for each, after the same work. */
  async function refuse(origin: Origin, attempt: Omit<Happening, 'action'>): Promise<never> {
    await record(repositories, origin, { action: 'login_failed', ...attempt })
    throw new AppError('invalid_credentials')
  }

  /** Gives the hash that is stored now. */
  async function rehash(userId: string, oldHash: string, password: string): Promise<string> {
    try {
      const newHash = await passwords.hash(password)
      return (await repositories.users.replacePasswordHash(userId, oldHash, newHash)) ? newHash : oldHash
    } catch (error) {
      // The password was right: whoever is let in today can be given the better hash another day.
      if (error instanceof AppError && error.code === 'overloaded') return oldHash
      throw error
    }
  }
}
