import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { parse, stringify } from 'uuid'
import { type AppSecrets, deriveKeys } from './derive-key.ts'

/** A refresh token that this service made: the session that it is of, and the hash that is stored of it. */
export interface RefreshToken {
  text: string
  sessionId: string
  hash: Buffer
}

export type RefreshTokenService = ReturnType<typeof createRefreshTokenService>

const SESSION_BYTES = 16
const SECRET_BYTES = 32
const SEAL_BYTES = 18

/** Whole groups of three bytes, so that no character of the text has bits to spare. */
const TEXT = /^[A-Za-z0-9_-]{88}$/

/**
 * Refresh tokens: base64url of the session id, 256 secret bits, and a seal over both. To a client they are opaque. The
 * seal tells a token that was once given out, however old, from one that was made up: so an old one ends its session
 * (RFC 9700 §4.14.2), nobody who merely knows a session id can, and made-up ones never reach the database.
 */
export function createRefreshTokenService(secrets: AppSecrets) {
  const sealKeys = deriveKeys(secrets, 'refresh token seals')
  const successorKeys = deriveKeys(secrets, 'refresh token successors')
  const [sealKey] = sealKeys

  return { issue, successorOf, successorWith, read }

  function issue(sessionId: string): RefreshToken {
    return assemble(sessionId, randomBytes(SECRET_BYTES), sealKey)
  }

  /** The one token that may follow: the same for whoever asks, and nothing has to be stored to repeat it. */
  function successorOf(token: RefreshToken): RefreshToken {
    return successorBy(successorKeys[0], sealKey, token)
  }

  /** The successor that was given out, by its stored hash: also the one of a node that has another secret as its first. */
  function successorWith(hash: Buffer, token: RefreshToken): RefreshToken | null {
    const successors = successorKeys.map((key, index) => successorBy(key, sealKeys[index] ?? sealKey, token))
    return successors.find((successor) => successor.hash.equals(hash)) ?? null
  }

  function successorBy(key: Buffer, sealedWith: Buffer, { sessionId, text }: RefreshToken): RefreshToken {
    return assemble(sessionId, createHmac('sha256', key).update(text).digest(), sealedWith)
  }

  /** Null for what this service never gave out. */
  function read(text: string): RefreshToken | null {
    if (!TEXT.test(text)) return null
    const bytes = Buffer.from(text, 'base64url')
    const sealed = bytes.subarray(0, SESSION_BYTES + SECRET_BYTES)
    const seal = bytes.subarray(sealed.length)
    if (!sealKeys.some((key) => timingSafeEqual(seal, sealOf(key, sealed)))) return null
    return { text, sessionId: stringify(sealed.subarray(0, SESSION_BYTES)), hash: hashOf(text) }
  }
}

function assemble(sessionId: string, secret: Buffer, sealKey: Buffer): RefreshToken {
  const sealed = Buffer.concat([parse(sessionId), secret])
  const text = Buffer.concat([sealed, sealOf(sealKey, sealed)]).toString('base64url')
  return { text, sessionId, hash: hashOf(text) }
}

function sealOf(key: Buffer, bytes: Buffer): Buffer {
  return createHmac('sha256', key).update(bytes).digest().subarray(0, SEAL_BYTES)
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()
