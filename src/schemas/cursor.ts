import { z } from 'zod'

const EXAMPLE = 'WyIyMDI2LTExLTIwVDEwOjMwOjAwLjAwMFoiXQ'

/** What a page says of the next one. */
export const nextCursor = z
  .string()
  .nullable()
  .meta({ description: 'The `cursor` of the next page; null on the last one.', example: EXAMPLE })

/**
 * A cursor is the place in a list behind its last item, as base64url of JSON: opaque to clients, and checked like any
 * input when it comes back.
 */
export function cursorOf<T>(place: z.ZodType<T>) {
  return z
    .string()
    .max(2000)
    .transform((encoded, context) => {
      const parsed = place.safeParse(decode(encoded))
      if (parsed.success) return parsed.data
      context.addIssue('is not a cursor of this list')
      return z.NEVER
    })
    .meta({ override: { type: 'string' }, description: 'The `nextCursor` of the page before.', example: EXAMPLE })
}

export const encodeCursor = (place: unknown): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function decode(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString())
  } catch {
    return undefined
  }
}
