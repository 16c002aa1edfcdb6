interface DescribedHeader {
  description: string
  example: string
}

/** Every header that a contract or an error can promise, with what it means. */
export const answerHeaders = {
  'X-Request-Id': {
    description: 'Finds the request in the log. One that the client sends is kept: 1 to 64 of `A-Za-z0-9._-`.',
    example: '019a9f0c-5a21-7d44-8e1f-0b9c7a6d5e4f',
  },
  'WWW-Authenticate': {
    description: 'What is wrong with the bearer token, or that one is needed (RFC 6750 §3).',
    example: 'Bearer error="invalid_token"',
  },
  'Retry-After': { description: 'Seconds until it makes sense to ask again.', example: '30' },
  RateLimit: {
    description: 'The limit that is reached, and the seconds until it is open again.',
    example: '"login-account-network";r=0;t=540',
  },
  'RateLimit-Policy': {
    description: 'The same limit: how many in how many seconds.',
    example: '"login-account-network";q=10;w=900',
  },
  'Set-Cookie': {
    description:
      '`__Host-refresh`, the refresh token, where the client keeps it as a cookie; `__Host-device`, which shows at the next login that this browser is known. Both `Secure; HttpOnly; SameSite=Strict; Path=/`.',
    example: '__Host-refresh=q8Zt0c3mX1vYb7sK; Path=/; HttpOnly; Secure; SameSite=Strict',
  },
  'Content-Disposition': {
    description: 'The name to save it under.',
    example: 'attachment; filename="gatehouse-account.json"',
  },
  Location: { description: 'Where to go.', example: '/docs' },
  ETag: { description: 'The hash of the file.', example: '"h4Jm1bXyqzj0"' },
  'X-User-Id': { description: 'Who calls.', example: '019a9f0c-4b7e-7c31-9d52-6f0e8a1b2c3d' },
  'X-User-Email': { description: 'Their email; UTF-8 where it is not ASCII.', example: 'ada@example.com' },
  'X-User-Roles': { description: 'Their roles, separated by commas.', example: 'user,editor' },
  'X-Session-Id': { description: 'The session of the token.', example: '019a9f0c-4c02-7a18-b6d9-1e3f5a7c9b0d' },
} as const satisfies Record<string, DescribedHeader>

export type AnswerHeader = keyof typeof answerHeaders

/** The headers of an answer, as references to the document's components. */
export function headersOf(names: readonly AnswerHeader[]): Record<string, { $ref: string }> {
  const all: readonly AnswerHeader[] = ['X-Request-Id', ...names]
  return Object.fromEntries(all.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
