import { type KeyObject, verify } from 'node:crypto'

/**
 * Whether a token is signed with the key by ES256: SHA-256 over header and payload as they stand, r and s side by side
 * (RFC 7515 §5.2, RFC 7518 §3.4). A thread of Node's pool finds out: it takes longer than all else that a check needs.
 */
export function isSignedWith(publicKey: KeyObject, token: string): Promise<boolean> {
  const end = token.lastIndexOf('.')
  const signed = Buffer.from(token.slice(0, end), 'latin1')
  const signature = Buffer.from(token.slice(end + 1), 'base64url')
  return new Promise((resolve, reject) => {
    verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature, (error, isValid) => {
      if (error) reject(error)
      else resolve(isValid)
    })
  })
}
