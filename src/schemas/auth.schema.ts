import { z } from 'zod'
import type { IssuedTokens } from '../services/session.service.ts'
import { email, password, personName } from './fields.ts'
import { accessToken, expiresIn, refreshTokenInAnswer, tokenType } from './tokens.ts'
import { presentUser, user } from './user.schema.ts'

const cookie = z
  .boolean('must be true or false')
  .optional()
  .meta({ description: 'Send the refresh token as a cookie, never in the JSON.' })

export const registration = z.strictObject({ email, password, name: personName.optional(), cookie })

export const credentials = z.strictObject({ email, password, cookie })

export const signedIn = z
  .object({
    message: z.string().meta({ description: 'For people.', example: 'Login successful' }),
    user,
    token: accessToken,
    tokenType,
    expiresIn,
    refreshToken: refreshTokenInAnswer,
  })
  .meta({ id: 'SignedIn', description: 'An account with the tokens of a new session.' })

/** The answer to a registration or a login. In cookie mode the refresh token stays out of it (ASVS 3.3.4). */
export function presentSignedIn(
  message: string,
  tokens: IssuedTokens,
  { withRefreshToken }: { withRefreshToken: boolean },
): z.input<typeof signedIn> {
  return {
    message,
    user: presentUser(tokens.user),
    token: tokens.accessToken,
    tokenType: 'Bearer',
    expiresIn: tokens.expiresInSeconds,
    ...(withRefreshToken && { refreshToken: tokens.refreshToken }),
  }
}
