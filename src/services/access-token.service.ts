import jwt from 'jsonwebtoken'
import { LRUCache } from 'lru-cache'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import type { Clock } from './clock.ts'
import type { SigningKey, SigningKeyService } from './signing-key.service.ts'
import { isSignedWith } from './token-signature.ts'

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

export interface SignedAccessToken {
  token: string
  expiresInSeconds: number
}

export interface AccessTokenDependencies {
  keys: Pick<SigningKeyService, 'currentKey' | 'publishedKeys' | 'isPublished'>
  clock: Clock
}

export type AccessTokenService = ReturnType<typeof createAccessTokenService>

const ALGORITHM = 'ES256'
const TYPE = 'at+jwt'
const MAX_CHARACTERS = 4096

/** What ACCESS_TOKEN_TTL_SECONDS can be at most. */
const MAX_TTL_SECONDS = 86_400

/**
 * Three segments of base64url. The last is the 64 bytes of the signature: its final character has four spare bits, which
 * decoders ignore and nothing signs, so they must be zero, or one signature would have many texts.
 */
const SHAPE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]$/

/** Tokens that were verified lately, in number and in characters. */
const CACHED_TOKENS = 20_000
const CACHED_CHARACTERS = 20_000_000

/** What a signature check found out, and what has to be asked again at each use. */
interface VerifiedToken {
  claims: AccessClaims
  key: SigningKey
  /** Seconds since the epoch. */
  validFrom: number
  expiresAt: number
}

const claimsOf = (issuer: string, audience: string) =>
  z.object({
    iss: z.literal(issuer),
    aud: z.literal(audience),
    sub: z.uuid(),
    sid: z.uuid(),
    jti: z.uuid(),
    iat: z.int(),
    exp: z.int(),
    nbf: z.int().optional(),
    client_id: z.string(),
    email: z.string(),
    roles: z.array(z.string()),
    ver: z.int(),
  })

export function createAccessTokenService(
  { issuer, audience, ttlSeconds }: AccessTokenOptions,
  { keys, clock }: AccessTokenDependencies,
) {
  const verified = new LRUCache<string, VerifiedToken>({
    max: CACHED_TOKENS,
    maxSize: CACHED_CHARACTERS,
    sizeCalculation: (_token, text) => text.length,
  })
  const claimsShape = claimsOf(issuer, audience)
  const encodedHeaders = new WeakMap<SigningKey, string>()

  let hits = 0
  let misses = 0
  let signatureChecks = 0

  return { sign, verify, state: () => ({ cached: verified.size, hits, misses, signatureChecks }) }

  /** Expires with its time to live, or with its session if that ends before. */
  function sign({ sub, sid, email, roles, ver }: AccessClaims, sessionEndsAt: Date): SignedAccessToken {
    const key = keys.currentKey()
    const iat = nowSeconds()
    const exp = Math.min(iat + ttlSeconds, Math.floor(sessionEndsAt.getTime() / 1000))
    const claims = { sub, sid, jti: uuidv7(), iat, exp, client_id: issuer, roles, email, ver }
    const token = jwt.sign({ iss: issuer, aud: audience, ...claims }, key.privateKey, { header: headerOf(key) })
    return { token, expiresInSeconds: exp - iat }
  }

  /**
   * Checks every part of a token; any failure, of any kind, is `invalid_token`. What a signature says does not change,
   * so it is checked once for the same text, beside the event loop; time and key are checked at every use, at once.
   */
  function verify(text: string): AccessClaims | Promise<AccessClaims> {
    const known = verified.get(text)
    if (!known) return verifyNew(text)
    hits += 1
    try {
      return stillGood(known)
    } catch (cause) {
      throw new AppError('invalid_token', { cause })
    }
  }

  async function verifyNew(text: string): Promise<AccessClaims> {
    misses += 1
    try {
      const token = await check(text)
      verified.set(text, token)
      return stillGood(token)
    } catch (cause) {
      throw new AppError('invalid_token', { cause })
    }
  }

  function stillGood({ claims, key, validFrom, expiresAt }: VerifiedToken): AccessClaims {
    const now = nowSeconds()
    if (now >= expiresAt) throw new Error('expired')
    if (now < validFrom) throw new Error('of the future')
    if (!keys.isPublished(key)) throw new Error('signed with a key that is retired')
    return claims
  }

  /**
   * A header is accepted only where it is letter by letter one that `sign` writes for a published key, so no `alg`,
   * `crit`, `jku` or `jwk` of anybody else is even read (RFC 8725 §3.1, §3.5, §3.10). A payload, too, has to be written as
   * `sign` would: a claim given twice, or a number that is none, is never read in one of two ways (RFC 7519 §4).
   */
  async function check(text: string): Promise<VerifiedToken> {
    if (text.length > MAX_CHARACTERS || !SHAPE.test(text)) throw new Error('not the shape of a token')
    const [header, claims] = text.split('.')
    const key = keys.publishedKeys().find((candidate) => encodedHeaderOf(candidate) === header)
    if (!key) throw new Error('not a header of ours')
    signatureChecks += 1
    if (!(await isSignedWith(key.publicKey, text))) throw new Error('not signed with this key')
    const payload = jwt.decode(text)
    if (payload === null || encode(payload) !== claims) throw new Error('not a payload of ours')
    const { sub, sid, email, roles, ver, iat, exp, nbf = iat } = claimsShape.parse(payload)
    if (exp - iat > MAX_TTL_SECONDS) throw new Error('lives longer than any of ours')
    // Where the time to live was lowered, it counts for tokens from before, too.
    return {
      claims: { sub, sid, email, roles, ver },
      key,
      validFrom: Math.max(iat, nbf),
      expiresAt: Math.min(exp, iat + ttlSeconds),
    }
  }

  function encodedHeaderOf(key: SigningKey): string {
    const known = encodedHeaders.get(key)
    if (known !== undefined) return known
    const encoded = encode(headerOf(key))
    encodedHeaders.set(key, encoded)
    return encoded
  }

  function nowSeconds(): number {
    return Math.floor(clock.now().getTime() / 1000)
  }
}

const headerOf = ({ kid }: SigningKey) => ({ alg: ALGORITHM, typ: TYPE, kid }) as const

const encode = (part: object | string): string => Buffer.from(JSON.stringify(part)).toString('base64url')
