import { type ErrorCode, errorTexts } from './error-codes.ts'

/** One place in a request that is wrong. `pointer` is a JSON Pointer (RFC 6901) to it. */
export interface FieldError {
  pointer: string
  message: string
}

/** What services and repositories throw: a stable code for the client; `cause` is for the log only. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly errors: readonly FieldError[]

  constructor(code: ErrorCode, options: ErrorOptions & { errors?: readonly FieldError[] } = {}) {
    super(errorTexts[code].detail, options)
    this.code = code
    this.errors = options.errors ?? []
  }
}

/** The error of one wrong place. `pointer` is empty where the request as a whole cannot be read. */
export function invalidRequest(pointer: string, message: string, cause?: unknown): AppError {
  return new AppError('invalid_request', { errors: [{ pointer, message }], cause })
}
