import { z } from 'zod'

export const REFRESH_TOKEN_EXAMPLE = 'q8Zt0c3mX1vYb7sKpN4wRj6uHf2dLe9aGi5oTzQxMnU'

/** What a login, a registration and a refresh answer with. */
export const accessToken = z.string().meta({
  description: 'The access token: a JWT (RFC 9068), signed ES256.',
  example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiIwMTlhOWYwYyJ9.c2lnbmF0dXJl',
})
export const tokenType = z.literal('Bearer')
export const expiresIn = z.int().meta({ description: 'Seconds until the access token expires.', example: 900 })
export const refreshTokenInAnswer = z
  .string()
  .optional()
  .meta({ description: 'Left out where the cookie holds it.', example: REFRESH_TOKEN_EXAMPLE })
