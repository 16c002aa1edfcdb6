import { z } from 'zod'
import type { SigningKey } from '../services/signing-key.service.ts'

export const home = z.object({
  name: z.string().meta({ example: 'Gatehouse' }),
  version: z.string().meta({ example: '0.1.0' }),
  links: z.record(z.string(), z.string()).meta({
    description: 'Where the rest is: paths by name.',
    example: { docs: '/docs', openapi: '/openapi.json', jwks: '/.well-known/jwks.json' },
  }),
})

export const openApiDocument = z.looseObject({ openapi: z.string().meta({ example: '3.1.1' }) })

/** RFC 7517 §5, with EC keys only (RFC 7518 §6.2.1). */
export const jwks = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: z.string().meta({ example: 'WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis' }),
      y: z.string().meta({ example: 'y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE' }),
      kid: z.string().meta({ example: '019a9f0c-3c55-7e08-b1f7-2d4e6a8c0b1d' }),
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
  issuer: z.string().meta({ example: 'https://gatehouse.example' }),
  jwks_uri: z.string().meta({ example: 'https://gatehouse.example/.well-known/jwks.json' }),
  id_token_signing_alg_values_supported: z.array(z.literal('ES256')),
  subject_types_supported: z.array(z.literal('public')),
  response_types_supported: z.array(z.string()).meta({ example: [] }),
  claims_supported: z.array(z.string()).meta({ example: ['iss', 'aud', 'sub', 'exp', 'roles'] }),
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
