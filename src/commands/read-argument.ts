import { InvalidArgumentError } from 'commander'
import type { z } from 'zod'
import { time } from '../schemas/audit.schema.ts'
import { wholeNumber } from '../schemas/fields.ts'

/** How much a list shows where nobody says otherwise. */
export const USUAL_LIMIT = 100

/** Reads an argument by the shape that the API has for it; what is wrong with it is a wrong command line. */
export function readAs<T>(shape: z.ZodType<T>): (text: string) => T {
  return (text) => {
    const result = shape.safeParse(text)
    if (result.success) return result.data
    throw new InvalidArgumentError(`It ${result.error.issues.map(({ message }) => message).join(', and it ')}.`)
  }
}

/** As `readAs`, for an option that may be given several times. */
export function collectAs<T>(shape: z.ZodType<T>): (text: string, before?: readonly T[]) => T[] {
  return (text, before = []) => [...before, readAs(shape)(text)]
}

export const readLimit = readAs(wholeNumber(1, 1_000_000))

/** An instant, or a day, which begins in UTC. */
export const readTime = (text: string): Date =>
  readAs(time)(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
