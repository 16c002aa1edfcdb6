/** Texts of other systems, where they have one. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

/** What has names joined to one; null without any. */
export const joinNames = (...names: unknown[]): string | null =>
  names
    .map(textOf)
    .filter((name) => name !== undefined)
    .join(' ') || null

/** Milliseconds since 1970, as a number or a text, in ISO 8601. What is none is left as it is: for whoever checks it. */
export function fromMilliseconds(value: unknown): unknown {
  const instant = new Date(typeof value === 'string' ? Number(value) : (value as number))
  return value === null || value === undefined || Number.isNaN(instant.getTime()) ? value : instant.toISOString()
}

/** A JSON text of an object, as some systems keep one within another; empty where it is none. */
export function objectIn(text: unknown): Record<string, unknown> {
  if (typeof text !== 'string') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The texts of a list, or the one where it is none. */
export const textsIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== undefined)
