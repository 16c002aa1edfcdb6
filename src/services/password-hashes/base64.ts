/** The spare bits of the last character are zero: one text for the same bytes. Groups of a fixed width, so it is linear. */
const UNPADDED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048])?$/

/** Whether a text is base64 without padding, of so many bytes. */
export function isBase64(text: string, { min, max }: { min: number; max: number }): boolean {
  const bytes = Math.floor((text.length * 3) / 4)
  return bytes >= min && bytes <= max && UNPADDED.test(text)
}

/** RFC 9106 §3.1 wants 8 bytes at least. */
export const isSalt = (text: string): boolean => isBase64(text, { min: 8, max: 256 })

/** Fewer than 128 bits would be met by chance sooner than the password is guessed. */
export const isDigest = (text: string): boolean => isBase64(text, { min: 16, max: 256 })
