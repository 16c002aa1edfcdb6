import { hkdfSync } from 'node:crypto'

/** A key of 256 bits for one purpose, from `APP_SECRET` (HKDF, RFC 5869). Keys of different purposes tell nothing of each other. */
export function deriveKey(appSecret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', appSecret, '', `gatehouse ${purpose}`, 32))
}
