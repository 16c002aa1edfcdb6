import jwt from 'jsonwebtoken'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import type { Clock } from './clock.ts'
import type { SigningKey } from './signing-key.service.ts'

/** What a verified access token says (RFC 9068 §2.2). */
export interface AccessClaims {
  /** User id. */
  sub: string
  /** Session id. */
  sid: string
  email: string
  roles: string[]
  /** The user's `authVersion` when the token was issued. */
  ver: number
}

export interface AccessTokenOptions {
  issuer: string
  audience: string
  ttlSeconds: number
}

export interface AccessTokenDependencies {
  keys: { currentKey(): SigningKey; publishedKeys(): readonly SigningKey[] }
  clock: Clock
}

export type AccessTokenService = ReturnType<typeof createAccessTokenService>

const ALGORITHM = 'ES256'
const TYPE = 'at+jwt'
const MAX_CHARACTERS = 4096

/**
 * Three segments of base64url. The last is the 64 bytes of the signature: its final character has four spare bits, which
 * decoders ignore and nothing signs, so they must be zero, or one signature would have many texts.
 */
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/

const claimsShape = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  jti: z.uuid(),
  iat: z.int(),
  exp: z.int(),
  client_id: z.string(),
  email: z.string(),
  roles: z.array(z.string()),
  ver: z.int(),
})

export function createAccessTokenService(
  { issuer, audience, ttlSeconds }: AccessTokenOptions,
  { keys, clock }: AccessTokenDependencies,
) {
  return { sign, verify, ttlSeconds }

  function sign({ sub, sid, email, roles, ver }: AccessClaims): string {
    const key = keys.currentKey()
    const iat = nowSeconds()
    const claims = { sub, sid, jti: uuidv7(), iat, exp: iat + ttlSeconds, client_id: issuer, roles, email, ver }
    return jwt.sign({ iss: issuer, aud: audience, ...claims }, key.privateKey, { header: headerOf(key) })
  }

  /**
   * Checks every part of a token; any failure, of any kind, is `invalid_token`. A header is accepted only where it is
   * letter by letter one that `sign` writes for a published key, so no `alg`, `crit`, `jku` or `jwk` of anybody else is
   * even read (RFC 8725 §3.1, §3.5, §3.10).
   */
  function verify(token: string): AccessClaims {
    try {
      return check(token)
    } catch (cause) {
      throw new AppError('invalid_token', { cause })
    }
  }

  function check(token: string): AccessClaims {
    if (token.length > MAX_CHARACTERS || !SHAPE.test(token)) throw new Error('not the shape of a token')
    const header = token.slice(0, token.indexOf('.'))
    const key = keys.publishedKeys().find((candidate) => encodedHeader(candidate) === header)
    if (!key) throw new Error('not a header of ours')
    const verified = jwt.verify(token, key.publicKey, {
      algorithms: [ALGORITHM],
      issuer,
      audience,
      clockTimestamp: nowSeconds(),
    })
    const { sub, sid, email, roles, ver, iat } = claimsShape.parse(verified)
    if (iat > nowSeconds()) throw new Error('issued in the future')
    return { sub, sid, email, roles, ver }
  }

  function nowSeconds(): number {
    return Math.floor(clock.now().getTime() / 1000)
  }
}

const headerOf = ({ kid }: SigningKey) => ({ alg: ALGORITHM, typ: TYPE, kid }) as const

const encodedHeader = (key: SigningKey): string => Buffer.from(JSON.stringify(headerOf(key))).toString('base64url')
