import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from './clock.ts'
import { type AppSecrets, deriveKeys } from './derive-key.ts'

/** A device on which somebody has logged in to an account. */
export interface Device {
  id: string
}

export interface DeviceToken {
  token: string
  expiresInSeconds: number
}

export type DeviceService = ReturnType<typeof createDeviceService>

/** As long as a session lasts at most by default; each login gives a new token. */
const LIFE_SECONDS = 180 * 24 * 60 * 60

const ID_BYTES = 16
const TIME_BYTES = 6

/** With a seal of 32 bytes whole groups of three, so that no character of the text has bits to spare. */
const TEXT = /^[A-Za-z0-9_-]{72}$/

/**
 * Device tokens: a random id and the second of issue, sealed together with the account that was logged in to. Whoever
 * holds one for an account has once known its password there, so others' failures do not lock them out; it opens
 * nothing ("Device cookies", OWASP's Slow Down Online Guessing Attacks). Nothing is stored.
 */
export function createDeviceService(secrets: AppSecrets, clock: Clock) {
  const sealKeys = deriveKeys(secrets, 'device tokens')
  const [current] = sealKeys

  return { issue, read }

  /** `email` is normalised. */
  function issue(email: string): DeviceToken {
    const named = Buffer.concat([randomBytes(ID_BYTES), timeBytes(nowSeconds())])
    const token = Buffer.concat([named, sealOf(current, named, email)]).toString('base64url')
    return { token, expiresInSeconds: LIFE_SECONDS }
  }

  /** Null for what is none, is over, or is of another account. */
  function read(text: string, email: string): Device | null {
    if (!TEXT.test(text)) return null
    const bytes = Buffer.from(text, 'base64url')
    const named = bytes.subarray(0, ID_BYTES + TIME_BYTES)
    const given = bytes.subarray(named.length)
    if (!sealKeys.some((key) => timingSafeEqual(given, sealOf(key, named, email)))) return null
    const age = nowSeconds() - named.readUIntBE(ID_BYTES, TIME_BYTES)
    return age < LIFE_SECONDS ? { id: named.toString('base64url', 0, ID_BYTES) } : null
  }

  function nowSeconds(): number {
    return Math.floor(clock.now().getTime() / 1000)
  }
}

function sealOf(key: Buffer, named: Buffer, email: string): Buffer {
  return createHmac('sha256', key).update(named).update(email).digest()
}

function timeBytes(seconds: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES)
  bytes.writeUIntBE(seconds, 0, TIME_BYTES)
  return bytes
}
