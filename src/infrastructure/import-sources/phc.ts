/** Bytes as they stand in a hash of the PHC string format: base64 without padding. Null where the text is no base64. */
export function phcBase64(text: unknown): string | null {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return null
  return toPhcBase64(Buffer.from(text, 'base64'))
}

export const toPhcBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
