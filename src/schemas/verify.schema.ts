import { z } from 'zod'
import type { AccessClaims } from '../services/access-token.service.ts'
import { text } from './fields.ts'

/** The one query parameter that may come more than once. */
export const ROLE = 'role'

export const verifyQuery = z.strictObject({
  [ROLE]: z
    .array(text(1, 64))
    .max(100)
    .default([])
    .meta({
      description: 'Roles of which the caller must have one. Without any, being signed in is enough.',
      example: ['admin'],
    }),
  status: z.literal('200', 'must be 200').optional().meta({
    description: 'Answer 200 instead of 204, for gateways such as Envoy that take nothing else for a yes.',
    example: '200',
  }),
})

/**
 * Who calls, as header lines for the service behind a gateway: names and values in turn. What is not ASCII, which an
 * address may hold, is UTF-8: Node writes each character of a header as one byte.
 */
export function presentCaller({ sub, email, roles, sid }: AccessClaims): string[] {
  const emailBytes = Buffer.from(email).toString('latin1')
  return ['X-User-Id', sub, 'X-User-Email', emailBytes, 'X-User-Roles', roles.join(','), 'X-Session-Id', sid]
}
