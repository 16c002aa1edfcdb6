import type { z } from 'zod'
import { AppError, type FieldError } from '../errors/app-error.ts'
import { jsonPointer } from './json-pointer.ts'

/** Parses `value` by `shape`, or throws `invalid_request` that names each wrong place. */
export function checkShape<T>(shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  throw new AppError('invalid_request', { errors: result.error.issues.flatMap(fieldErrors) })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: jsonPointer([...issue.path, key]), message: 'is not known here' }))
  }
  return [{ pointer: jsonPointer(issue.path), message: issue.message }]
}
