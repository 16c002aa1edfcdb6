/**
 * Every error that a client can meet. The codes are API and never change; the texts are for people and may.
 * None of them says anything about the server's inside.
 */
export const errorTexts = {
  invalid_request: { title: 'Invalid request', detail: 'The request does not match the contract.' },
  unauthenticated: { title: 'Not signed in', detail: 'This needs a bearer token.' },
  invalid_token: { title: 'Invalid token', detail: 'The token is not valid, or not any more.' },
  invalid_credentials: { title: 'Invalid credentials', detail: 'Email or password is wrong.' },
  invalid_refresh_token: {
    title: 'Invalid refresh token',
    detail: 'The refresh token is not valid, or not any more. Log in again.',
  },
  forbidden: { title: 'Forbidden', detail: 'This needs a role that the caller does not have.' },
  cross_site_request: {
    title: 'Cross-site request',
    detail: 'A request with a cookie must not come from another site.',
  },
  not_found: { title: 'Not found', detail: 'There is no such thing here.' },
  method_not_allowed: { title: 'Method not allowed', detail: 'This path answers other methods, see Allow.' },
  email_taken: { title: 'Email taken', detail: 'There is an account with this email.' },
  role_taken: { title: 'Role taken', detail: 'There is a role with this name.' },
  role_builtin: { title: 'Built-in role', detail: 'The service itself needs this role as it is.' },
  too_many_roles: { title: 'Too many roles', detail: "The names of one user's roles must fit into a token." },
  last_admin: { title: 'Last administrator', detail: 'There must always be at least one active administrator.' },
  payload_too_large: { title: 'Payload too large', detail: 'The body is larger than this server reads.' },
  unsupported_media_type: {
    title: 'Unsupported media type',
    detail: 'A body must be application/json in UTF-8 and not compressed.',
  },
  rate_limited: {
    title: 'Too many requests',
    detail: 'Too many requests, or too many wrong guesses. Wait for a while.',
  },
  internal: { title: 'Internal error', detail: 'Something went wrong here. The request id finds it in the log.' },
  overloaded: { title: 'Overloaded', detail: 'Too many requests need a password hash right now.' },
  unavailable: { title: 'Unavailable', detail: 'The service cannot answer right now.' },
} as const satisfies Record<string, { title: string; detail: string }>

export type ErrorCode = keyof typeof errorTexts
