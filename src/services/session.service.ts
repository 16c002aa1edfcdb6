import { v7 as uuidv7 } from 'uuid'
import { AppError } from '../errors/app-error.ts'
import type { Atomically, FromReplica, Repositories } from '../repositories/repositories.ts'
import type { Session, SessionRepository } from '../repositories/session.repository.ts'
import type { User } from '../repositories/user.repository.ts'
import type { AccessClaims, AccessTokenService } from './access-token.service.ts'
import { counted, Refusal } from './attempt.ts'
import { eventOf, record } from './audit-trail.ts'
import type { Clock } from './clock.ts'
import type { Metrics, RefreshResult } from './metrics.ts'
import { networkOf } from './network.ts'
import type { Origin } from './origin.ts'
import type { RateLimitService } from './rate-limit.service.ts'
import type { RefreshToken, RefreshTokenService } from './refresh-token.service.ts'
import { endAllSessions, endSession } from './rights-change.ts'

/** What a login or a refresh gives. */
export interface IssuedTokens {
  user: User
  accessToken: string
  expiresInSeconds: number
  refreshToken: string
}

export interface SessionLimits {
  /** A session ends when it was not refreshed for this long. */
  idleDays: number
  /** A session ends this long after the login, however much it is used. */
  maxDays: number
  /** For this long the refresh token just replaced may come back. */
  graceSeconds: number
}

export interface SessionDependencies {
  repositories: Pick<Repositories, 'sessions' | 'users'>
  atomically: Atomically
  fromReplica: FromReplica
  accessTokens: Pick<AccessTokenService, 'sign'>
  refreshTokens: RefreshTokenService
  rateLimits: Pick<RateLimitService, 'count'>
  metrics: Pick<Metrics, 'refresh'>
  clock: Clock
}

export type SessionService = ReturnType<typeof createSessionService>

const DAY_SECONDS = 24 * 60 * 60

export function createSessionService(limits: SessionLimits, dependencies: SessionDependencies) {
  const { repositories, atomically, fromReplica, accessTokens, refreshTokens, rateLimits, metrics, clock } =
    dependencies
  const maxSeconds = limits.maxDays * DAY_SECONDS
  const idleSeconds = Math.min(limits.idleDays * DAY_SECONDS, maxSeconds)

  return { open, refresh, logout, endReplaced, list, end, endAll }

  /**
   * Opens a session, records `action` of it and issues its tokens. Null where, since the password was verified, it was
   * changed or the user was disabled: whichever comes first, no session is left of an account that is closed.
   */
  async function open(
    sessions: SessionRepository,
    user: User,
    verifiedPasswordHash: string,
    action: 'login' | 'registered',
    origin: Origin,
  ): Promise<IssuedTokens | null> {
    const now = clock.now()
    const id = uuidv7({ msecs: now.getTime() })
    const refreshToken = refreshTokens.issue(id)
    const session = {
      id,
      userId: user.id,
      refreshHash: refreshToken.hash,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: after(now, idleSeconds),
      ip: origin.ip,
      userAgent: origin.userAgent,
    }
    const event = eventOf(origin, { action, actorId: user.id, subjectId: user.id })
    if (!(await sessions.insert(session, verifiedPasswordHash, event))) return null
    return issue(session, user, refreshToken)
  }

  /**
   * Exchanges a refresh token for its successor and a new access token. Of callers that race with one token, all are
   * given the same successor within the grace time. A token that was replaced before ends its session, because two
   * hold it now (RFC 9700 §4.14.2); that is committed although the answer is an error. Throws `invalid_refresh_token` and
   * `rate_limited`.
   */
  function refresh(text: string, origin: Origin): Promise<IssuedTokens> {
    return counted(metrics.refresh, {}, () => exchange(text, origin))
  }

  async function exchange(text: string, origin: Origin): Promise<[IssuedTokens, 'rotated' | 'repeated']> {
    await rateLimits.count({ limit: 'refresh-network', of: [networkOf(origin.ip)] }, origin)
    const presented = refreshTokens.read(text)
    if (!presented) throw refused('made_up')
    const next = refreshTokens.successorOf(presented)
    const rotated = await rotate(presented, next, origin)
    const [session, successor] = rotated ? [rotated, next] : await findJustRotated(presented, origin)
    const user = await repositories.users.findById(session.userId)
    if (!successor || user?.status !== 'active') throw refused('over')
    return [issue(session, user, successor), rotated ? 'rotated' : 'repeated']
  }

  /**
   * Ends every session that the caller names, by access token or by refresh tokens; one that is over already is no
   * error. Throws `refusal`, or `unauthenticated`, where nothing names a session.
   */
  async function logout(
    named: { caller: AccessClaims | null; refusal: AppError | null; refreshTokens: readonly string[] },
    origin: Origin,
  ): Promise<void> {
    if (!named.caller && named.refreshTokens.length === 0) throw named.refusal ?? new AppError('unauthenticated')
    const ids = [named.caller?.sid, ...named.refreshTokens.map((text) => refreshTokens.read(text)?.sessionId)]
    for (const id of new Set(ids)) {
      if (id !== undefined) await atomically((within) => logoutWithin(within, id, origin))
    }
  }

  /** Ends the session of a refresh token whose place another login's has taken, in the transaction of that login. */
  async function endReplaced(within: Repositories, text: string, origin: Origin): Promise<void> {
    const replaced = refreshTokens.read(text)
    if (replaced) await logoutWithin(within, replaced.sessionId, origin)
  }

  /** Whoever holds a refresh token of a session is its user. */
  async function logoutWithin(within: Repositories, sessionId: string, origin: Origin): Promise<void> {
    const userId = await endSession(within, sessionId, clock.now())
    if (userId === null) return
    await record(within, origin, { action: 'logout', actorId: userId, subjectId: userId, details: { sessionId } })
  }

  /** The open sessions of a user, the last used first. */
  async function list(userId: string): Promise<Session[]> {
    return fromReplica(({ sessions }) => sessions.findOpen(userId, clock.now()))
  }

  /** Ends one of the user's own sessions. Throws `not_found` for one that is over, unknown or somebody else's. */
  async function end(userId: string, sessionId: string, origin: Origin): Promise<void> {
    const session = await repositories.sessions.findById(sessionId)
    const isOpen = session !== null && session.expiresAt > clock.now()
    if (session?.userId !== userId || !isOpen) throw new AppError('not_found')
    await atomically(async (within) => {
      if ((await endSession(within, sessionId, clock.now())) === null) throw new AppError('not_found')
      await record(within, origin, { action: 'session_ended', subjectId: userId, details: { sessionId } })
    })
  }

  /** Ends every session of a user, but `exceptId`; gives how many were open. */
  async function endAll(userId: string, exceptId: string | null, origin: Origin): Promise<number> {
    return atomically(async (within) => {
      const sessions = await endAllSessions(within, userId, clock.now(), exceptId)
      if (sessions > 0)
        await record(within, origin, { action: 'sessions_ended', subjectId: userId, details: { sessions } })
      return sessions
    })
  }

  function rotate({ hash }: RefreshToken, successor: RefreshToken, { ip, userAgent }: Origin) {
    const now = clock.now()
    const change = { nextHash: successor.hash, now, maxSeconds, idleSeconds, ip, userAgent }
    return repositories.sessions.rotate(hash, change)
  }

  /**
   * The open session whose last token this was a moment ago, and the successor that was given out. Ends the session of a
   * token that is older than that, and throws then, too.
   */
  async function findJustRotated(presented: RefreshToken, origin: Origin): Promise<[Session, RefreshToken | null]> {
    const { sessionId, hash } = presented
    const session = await repositories.sessions.findById(sessionId)
    const now = clock.now()
    if (!session || session.revokedAt || session.expiresAt <= now || session.refreshHash.equals(hash))
      throw refused('over')
    if (session.previousRefreshHash?.equals(hash) && isInGrace(session.rotatedAt, now))
      return [session, refreshTokens.successorWith(session.refreshHash, presented)]
    const isEnded = await atomically(async (within) => {
      const userId = await endSession(within, sessionId, now)
      if (userId === null) return false
      await record(within, origin, { action: 'refresh_token_reused', subjectId: userId, details: { sessionId } })
      return true
    })
    throw refused(isEnded ? 'reused' : 'over')
  }

  function isInGrace(rotatedAt: Date | null, now: Date): boolean {
    return rotatedAt !== null && now < after(rotatedAt, limits.graceSeconds)
  }

  function issue(session: Pick<Session, 'id' | 'createdAt'>, user: User, refreshToken: RefreshToken): IssuedTokens {
    const { id: sub, email, roles, authVersion: ver } = user
    const endsAt = after(session.createdAt, maxSeconds)
    const { token, expiresInSeconds } = accessTokens.sign({ sub, sid: session.id, email, roles, ver }, endsAt)
    return { user, accessToken: token, expiresInSeconds, refreshToken: refreshToken.text }
  }
}

const refused = (result: RefreshResult) => new Refusal('invalid_refresh_token', result)

const after = (instant: Date, seconds: number): Date => new Date(instant.getTime() + seconds * 1000)
