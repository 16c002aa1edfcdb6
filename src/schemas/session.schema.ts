import { z } from 'zod'
import type { Session } from '../repositories/session.repository.ts'
import type { IssuedTokens } from '../services/session.service.ts'
import { instant, ipAddress, text, userAgent, uuid } from './fields.ts'
import { accessToken, expiresIn, REFRESH_TOKEN_EXAMPLE, refreshTokenInAnswer, tokenType } from './tokens.ts'

const refreshToken = text(1, 1000).meta({
  description: 'Left out where the cookie holds it.',
  example: REFRESH_TOKEN_EXAMPLE,
})

export const refreshBody = z.strictObject({ refreshToken: refreshToken.optional() })

export const sessionParams = z.object({ id: uuid })

export const refreshed = z
  .object({
    token: accessToken,
    tokenType,
    expiresIn,
    refreshToken: refreshTokenInAnswer,
  })
  .meta({ id: 'Refreshed', description: 'The next tokens of a session.' })

export const session = z
  .object({
    id: uuid,
    current: z.boolean().meta({ description: 'Whether it is the session of this very request.', example: true }),
    createdAt: instant,
    lastUsedAt: instant.meta({ description: 'The last login or refresh.' }),
    expiresAt: instant.meta({ description: 'When it ends unless it is refreshed before.' }),
    ip: ipAddress,
    userAgent,
  })
  .meta({ id: 'Session', description: 'One login, on one device.' })

export const sessionList = z.object({ items: z.array(session) })

/** In cookie mode the refresh token stays out of it (ASVS 3.3.4). */
export function presentRefreshed(
  tokens: IssuedTokens,
  { withRefreshToken }: { withRefreshToken: boolean },
): z.input<typeof refreshed> {
  return {
    token: tokens.accessToken,
    tokenType: 'Bearer',
    expiresIn: tokens.expiresInSeconds,
    ...(withRefreshToken && { refreshToken: tokens.refreshToken }),
  }
}

export function presentSessions(sessions: readonly Session[], currentId: string): z.input<typeof sessionList> {
  return {
    items: sessions.map((session) => ({ ...presentSession(session), current: session.id === currentId })),
  }
}

export function presentSession({ id, createdAt, lastUsedAt, expiresAt, ip, userAgent }: Session) {
  return {
    id,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ip,
    userAgent,
  }
}
