import validator from 'validator'
import { z } from 'zod'

/** The longest address that mail can be sent to (RFC 5321 §4.5.3.1.3, without the angle brackets). */
const EMAIL_MAX = 254
const PASSWORD_MAX = 4096

/** Any text from outside: well-formed Unicode without U+0000, which PostgreSQL cannot store. Length in UTF-16 units. */
export function text(min: number, max: number) {
  return string()
    .min(min, `must have at least ${min} character${min === 1 ? '' : 's'}`)
    .max(max, `must have at most ${max} characters`)
    .refine(isStorable, 'must be well-formed Unicode without U+0000')
}

/**
 * Two spellings of one address become one; done once, before anything looks at it (ASVS 1.1.1). Lower-casing may take a
 * letter apart, the Greek U+0390 for one, so it is put together again.
 */
const normalizeEmail = (address: string): string => address.trim().normalize('NFKC').toLowerCase().normalize('NFKC')

export const email = string()
  .max(1000, `must have at most ${EMAIL_MAX} characters`)
  .refine(isStorable, 'must be well-formed Unicode without U+0000')
  .transform(normalizeEmail)
  .refine((address) => address.length <= EMAIL_MAX && isEmail(address), 'must be an email address')
  .meta({ description: 'Trimmed, NFKC-normalised and lower-cased.', example: 'ada@example.com' })

/** Taken exactly. Its strength is the business of registration, not of its shape. */
export const password = text(1, PASSWORD_MAX).meta({ format: 'password', example: 'correct horse battery staple' })

export const personName = string()
  .transform((name) => name.trim().normalize('NFC'))
  .pipe(text(1, 200))
  .meta({ example: 'Ada Lovelace' })

export const uuid = z.uuid('must be a UUID').meta({ example: '019a9f0c-4b7e-7c31-9d52-6f0e8a1b2c3d' })
export const instant = z.iso.datetime({ precision: 3 }).meta({ example: '2026-11-20T10:30:00.000Z' })

/** Where somebody came from, and with what; null where that is not known, or not the caller's to know. */
export const ipAddress = z.string().nullable().meta({ example: '198.51.100.24' })
export const userAgent = z
  .string()
  .nullable()
  .meta({ example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })

/** A whole number in a text, of a query or of the environment: digits only, no sign, no exponent. */
export function wholeNumber(min: number, max: number, message = `must be a whole number from ${min} to ${max}`) {
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((number) => number >= min && number <= max, message)
    .meta({ override: { type: 'integer', minimum: min, maximum: max } })
}

/** How many items a page has at most. */
export const pageSize = wholeNumber(1, 100)
  .default(20)
  .meta({ description: 'How many items the page has at most.', example: 20 })

function string() {
  return z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') })
}

/**
 * Quotes would allow white space, line ends and control characters, which must never come into a mail or a header; what
 * does not show would make two accounts of what looks like one address.
 */
function isEmail(address: string): boolean {
  return validator.isEmail(address) && !/[\s\p{C}\p{Default_Ignorable_Code_Point}]/u.test(address)
}

function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\u0000')
}
