import type { ErrorCode } from '../errors/error-codes.ts'

/** The one place where an error code meets HTTP. A code that is missing here does not compile. */
export const statusByCode = {
  invalid_request: 400,
  unauthenticated: 401,
  invalid_token: 401,
  invalid_credentials: 401,
  invalid_refresh_token: 401,
  forbidden: 403,
  cross_site_request: 403,
  not_found: 404,
  method_not_allowed: 405,
  email_taken: 409,
  role_taken: 409,
  role_builtin: 409,
  too_many_roles: 409,
  last_admin: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  overloaded: 503,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>

/** Headers that belong to a code, wherever it is raised (RFC 6750 §3, RFC 9110 §10.2.3). */
export const headersByCode: Partial<Record<ErrorCode, Record<string, string>>> = {
  unauthenticated: { 'WWW-Authenticate': 'Bearer' },
  invalid_token: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  forbidden: { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' },
  overloaded: { 'Retry-After': '2' },
  unavailable: { 'Retry-After': '1' },
}

/** The rest of a body that is too large is not read, so the connection cannot be used again. */
export const closesConnection = (code: ErrorCode): boolean => code === 'payload_too_large'
