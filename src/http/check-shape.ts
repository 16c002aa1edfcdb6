import type { z } from 'zod'
import { AppError, type FieldError } from '../errors/app-error.ts'

/** Parses `value` by `shape`, or throws `invalid_request` that names each wrong place. */
export function checkShape<T>(shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  throw new AppError('invalid_request', { errors: result.error.issues.flatMap(fieldErrors) })
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), message: 'is not known here' }))
  }
  return [{ pointer: pointer(issue.path), message: issue.message }]
}

/** RFC 6901 §3: `~` and `/` inside a key are escaped. A hostile key is cut, it is echoed to nobody's use. */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
