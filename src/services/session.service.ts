import { createHash, randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { SessionRepository } from '../repositories/session.repository.ts'
import type { User } from '../repositories/user.repository.ts'
import type { AccessTokenService } from './access-token.service.ts'
import type { Clock } from './clock.ts'

/** Who sent a request, as far as the connection tells. */
export interface Client {
  ip: string | null
  userAgent: string | null
}

/** What a login gives. */
export interface IssuedTokens {
  user: User
  accessToken: string
  expiresInSeconds: number
  refreshToken: string
}

export interface SessionDependencies {
  accessTokens: AccessTokenService
  clock: Clock
  /** The absolute limit of a session, however much it is used. */
  maxDays: number
}

export type SessionService = ReturnType<typeof createSessionService>

const DAY_MS = 24 * 60 * 60 * 1000

export function createSessionService({ accessTokens, clock, maxDays }: SessionDependencies) {
  return { open }

  /** Opens a session and issues its tokens. Of the refresh token, 256 random bits, only the hash is stored. */
  async function open(sessions: SessionRepository, user: User, client: Client): Promise<IssuedTokens> {
    const sid = uuidv7()
    const refreshToken = randomBytes(32).toString('base64url')
    const now = clock.now()
    await sessions.insert({
      id: sid,
      userId: user.id,
      refreshHash: createHash('sha256').update(refreshToken).digest(),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + maxDays * DAY_MS),
      ip: client.ip,
      userAgent: client.userAgent?.slice(0, 500) ?? null,
    })
    const { id: sub, email, roles, authVersion: ver } = user
    const accessToken = accessTokens.sign({ sub, sid, email, roles, ver })
    return { user, accessToken, expiresInSeconds: accessTokens.ttlSeconds, refreshToken }
  }
}
