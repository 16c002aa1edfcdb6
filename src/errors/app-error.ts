import { type ErrorCode, errorTexts } from './error-codes.ts'

/** One place in a request that is wrong. `pointer` is a JSON Pointer (RFC 6901) to it. */
export interface FieldError {
  pointer: string
  message: string
}

/** A limit that is reached: at most `points` in `seconds`, and again in `resetSeconds`. */
export interface ReachedLimit {
  name: string
  points: number
  seconds: number
  resetSeconds: number
}

/** What services and repositories throw: a stable code for the client; `cause` is for the log only. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly errors: readonly FieldError[]
  /** Of `rate_limited`. */
  readonly limit: ReachedLimit | null

  constructor(code: ErrorCode, options: ErrorOptions & { errors?: readonly FieldError[]; limit?: ReachedLimit } = {}) {
    super(errorTexts[code].detail, options)
    this.code = code
    this.errors = options.errors ?? []
    this.limit = options.limit ?? null
  }
}

/** The error of one wrong place. `pointer` is empty where the request as a whole cannot be read. */
export function invalidRequest(pointer: string, message: string, cause?: unknown): AppError {
  return new AppError('invalid_request', { errors: [{ pointer, message }], cause })
}

/** The error of a limit that is reached. */
export function rateLimited(limit: ReachedLimit): AppError {
  return new AppError('rate_limited', { limit })
}
