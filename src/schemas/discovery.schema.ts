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

/** Only the public parts, field by field. */
export function presentJwks(keys: readonly SigningKey[]): z.input<typeof jwks> {
  return {
    keys: keys.map(({ kid, publicJwk: { kty, crv, x, y } }) => ({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' })),
  }
}
