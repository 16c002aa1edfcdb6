import { v7 as uuidv7 } from 'uuid'
import { AppError } from '../errors/app-error.ts'
import type { Atomically, Repositories } from '../repositories/repositories.ts'
import type { UserWithHash } from '../repositories/user.repository.ts'
import { counted, Refusal } from './attempt.ts'
import { record } from './audit-trail.ts'
import { USER_ROLE } from './builtin-roles.ts'
import type { Device, DeviceService, DeviceToken } from './device.service.ts'
import type { LoginResult, Metrics } from './metrics.ts'
import { networkOf } from './network.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import type { Origin } from './origin.ts'
import type { PasswordService } from './password.service.ts'
import type { Guess, RateLimitService } from './rate-limit.service.ts'
import type { IssuedTokens, SessionService } from './session.service.ts'
import type { StandIns } from './stand-ins.ts'
import { type WorkSource, workOf, workOfKnown } from './work-source.ts'

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
  rateLimits: RateLimitService
  devices: DeviceService
  standIns: StandIns
  metrics: Pick<Metrics, 'login' | 'registration'>
}

/** What a login or a registration gives: tokens, and what shows at the next login that this device is known. */
export interface SignedIn extends IssuedTokens {
  device: DeviceToken
}

/** What a browser has kept of earlier logins. */
export interface Kept {
  deviceToken: string | null
  /** The refresh token whose place the new one takes. */
  replacedToken: string | null
}

/** An attempt that is refused, for the audit trail and for whoever counts. */
interface Attempt {
  subjectId: string | null
  reason: Exclude<LoginResult, 'ok' | 'limited' | 'overloaded' | 'failed'>
  /** Where there is no account that it would stand for. */
  email?: string
}

type Outcome = { found: UserWithHash; refused: null } | { found?: never; refused: Attempt }

export type AuthService = ReturnType<typeof createAuthService>

export function createAuthService(dependencies: AuthDependencies) {
  const { repositories, atomically, passwords, sessions, rateLimits, devices, standIns, metrics } = dependencies
  const oneAtATime = createOneAtATime()
  return { register, login }

  /**
   * The account, its role and its first session come to be together, or not at all; the session of a token that is
   * replaced ends with it. Throws `rate_limited`, `email_taken`, `overloaded`, and `invalid_request` for a weak password.
   */
  function register(registration: Registration, origin: Origin, replacedToken: string | null): Promise<SignedIn> {
    return counted(metrics.registration, { email_taken: 'email_taken', invalid_request: 'weak_password' }, async () => [
      await makeAccount(registration, origin, replacedToken),
      'ok',
    ])
  }

  async function makeAccount(
    { email, password, name }: Registration,
    origin: Origin,
    replacedToken: string | null,
  ): Promise<SignedIn> {
    const work = workOf(email, origin)
    passwords.requireRoom(work)
    await rateLimits.count({ limit: 'registration-network', of: [networkOf(origin.ip)] }, origin)
    // The unique constraint decides. Waiting only saves the work of those who would lose against it.
    return oneAtATime(email, async () => {
      await passwords.requireStrong(password, name === undefined ? [email] : [email, name], '/password', work)
      if (await repositories.users.findByEmail(email)) throw new AppError('email_taken')
      const newUser = { id: uuidv7(), email, name: name ?? null, passwordHash: await passwords.hash(password, work) }
      const tokens = await atomically(async (within) => {
        const user = await within.users.insert(newUser, [USER_ROLE])
        const opened = await sessions.open(within.sessions, user, newUser.passwordHash, 'registered', origin)
        if (!opened) throw new Error('A user is gone in the transaction that made it.')
        if (replacedToken !== null) await sessions.endReplaced(within, replacedToken, origin)
        return opened
      })
      return { ...tokens, device: devices.issue(email) }
    })
  }

  /**
   * Throws the same `invalid_credentials` for an unknown address, a wrong password and a disabled account, after the
   * same work; `rate_limited` after too many of them, from anywhere but a device that is known; `overloaded` where
   * hashing is. The session of a token that is replaced ends (ASVS 7.2.4).
   */
  function login(credentials: Credentials, origin: Origin, kept: Kept): Promise<SignedIn> {
    return counted(metrics.login, {}, async () => [await letIn(credentials, origin, kept), 'ok'])
  }

  async function letIn(
    { email, password }: Credentials,
    origin: Origin,
    { deviceToken, replacedToken }: Kept,
  ): Promise<SignedIn> {
    const device = deviceToken === null ? null : devices.read(deviceToken, email)
    const work = device ? workOfKnown(email, device.id) : workOf(email, origin)
    passwords.requireRoom(work)
    const guess = { budgets: budgetsOf(email, origin, device), origin, subjectId: () => idOf(email) }
    const { found, refused } = await rateLimits.evaluate(
      guess,
      () => check({ email, password }, work),
      (outcome) => outcome.refused === null,
    )
    if (refused) return refuse(origin, refused)
    const { passwordHash, ...user } = found
    const presentHash = passwords.needsRehash(passwordHash)
      ? await rehash(user.id, passwordHash, password, work)
      : passwordHash
    const tokens = await atomically(async (within) => {
      const opened = await sessions.open(within.sessions, user, presentHash, 'login', origin)
      if (opened && replacedToken !== null) await sessions.endReplaced(within, replacedToken, origin)
      return opened
    })
    if (!tokens) return refuse(origin, { subjectId: user.id, reason: 'closed_meanwhile' })
    return { ...tokens, device: devices.issue(email) }
  }

  /** Of an account that is closed the right password counts as any other: it is not told which it was. */
  async function check({ email, password }: Credentials, work: WorkSource): Promise<Outcome> {
    const { found, standInHash } = await repositories.users.findForLogin(email, standIns.pointOf(email))
    // An unknown address is compared with some account's hash, so both answers cost what hashes here cost.
    const matches = await passwords.verify(password, found?.passwordHash ?? standInHash, work)
    if (!found) return { refused: { subjectId: null, reason: 'unknown_email', email } }
    if (!matches) return { refused: { subjectId: found.id, reason: 'wrong_password' } }
    if (found.status === 'disabled') return { refused: { subjectId: found.id, reason: 'disabled' } }
    return { found, refused: null }
  }

  async function idOf(email: string): Promise<string | null> {
    return (await repositories.users.findByEmail(email))?.id ?? null
  }

  /** The reason is for the audit trail and the metrics: whoever tried is told the same for each, after the same work. */
  async function refuse(origin: Origin, { subjectId, ...details }: Attempt): Promise<never> {
    await record(repositories, origin, { action: 'login_failed', subjectId, details })
    throw new Refusal('invalid_credentials', details.reason)
  }

  /** Gives the hash that is stored now. */
  async function rehash(userId: string, oldHash: string, password: string, work: WorkSource): Promise<string> {
    try {
      const newHash = await passwords.hash(password, work)
      return (await repositories.users.replacePasswordHash(userId, oldHash, newHash)) ? newHash : oldHash
    } catch (error) {
      // The password was right: whoever is let in today can be given the better hash another day.
      if (error instanceof AppError && error.code === 'overloaded') return oldHash
      throw error
    }
  }
}

/** Failures elsewhere do not count against a device that is known, nor its own against anybody else. */
function budgetsOf(email: string, { ip }: Origin, device: Device | null): Guess['budgets'] {
  if (device) return [{ limit: 'login-device', of: [device.id] }]
  const network = networkOf(ip)
  return [
    { limit: 'login-account-network', of: [email, network] },
    { limit: 'login-account', of: [email] },
    { limit: 'login-network', of: [network] },
  ]
}
