import { z } from 'zod'
import type { SigningKey } from '../services/signing-key.service.ts'

export const home = z.object({ name: z.string(), version: z.string(), links: z.record(z.string(), z.string()) })

export const openApiDocument = z.looseObject({ openapi: z.string() })

/** RFC 7517 §5, with EC keys only (RFC 7518 §6.2.1). */
export const jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string(),
      y: z.string(),
      kid: z.string(),
      alg: z.literal('ES256'),
      use: z.literal('sig'),
    }),
  ),
})

/**
 * OpenID Connect Discovery 1.0 §3, as far as it concerns resource servers: who issues, where the keys are, how tokens are
 * signed. There is no authorization endpoint, so no response type.
 */
export const providerMetadata = z.object({
  issuer: z.string(),
  jwks_uri: z.string(),
  id_token_signing_alg_values_supported: z.array(z.literal('ES256')),
  subject_types_supported: z.array(z.literal('public')),
  response_types_supported: z.array(z.string()),
  claims_supported: z.array(z.string()),
})

export function presentProviderMetadata(issuer: string): z.input<typeof providerMetadata> {
  return {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    id_token_signing_alg_values_supported: ['ES256'],
    subject_types_supported: ['public'],
    response_types_supported: [],
    claims_supported: ['iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'client_id', 'roles', 'email', 'ver'],
  }
}

/** Only the public parts, field by field. */
export function presentJwks(keys: readonly SigningKey[]): z.input<typeof jwks> {
  return {
    keys: keys.map(({ kid, publicJwk: { kty, crv, x, y } }) => ({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' })),
  }
}
