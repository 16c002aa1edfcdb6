import { hkdfSync } from 'node:crypto'

/** `APP_SECRET`, which seals, and those of `APP_SECRET_PREVIOUS`, whose seals are still read. */
export interface AppSecrets {
  current: string
  previous: readonly string[]
}

/** A key of 256 bits for one purpose, from `APP_SECRET` (HKDF, RFC 5869). Keys of different purposes tell nothing of each other. */
export function deriveKey(appSecret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', appSecret, '', `gatehouse ${purpose}`, 32))
}

/** The keys of one purpose: the one to seal with first, then those that are read, too. */
export function deriveKeys({ current, previous }: AppSecrets, purpose: string): [Buffer, ...Buffer[]] {
  return [deriveKey(current, purpose), ...previous.map((secret) => deriveKey(secret, purpose))]
}
