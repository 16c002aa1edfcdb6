import type { Route } from '../http/route.ts'
import { verifyQuery } from '../schemas/verify.schema.ts'

/** Asked with all that is below it. */
export const VERIFY_PATH = '/verify'

const WHO_CALLS = ['X-User-Id', 'X-User-Email', 'X-User-Roles', 'X-Session-Id'] as const

/** Answered before Express, see middlewares/direct-answer.ts: a gateway asks for each request that it lets through. */
export function verifyRoutes(): Route[] {
  const contract = {
    method: 'any',
    summary: 'May this request pass? For gateways, with any method',
    description:
      'What nginx `auth_request`, Caddy `forward_auth`, Traefik ForwardAuth and Envoy `ext_authz` ask for each request. Without `role`: is this a valid token? With it: has the caller one of these roles? A body is not read.',
    tag: 'Other services',
    access: 'signed-in',
    query: verifyQuery,
    answers: {
      200: { description: 'As 204, where `status=200` asks for it', headers: WHO_CALLS },
      204: { description: 'It may, and the headers say who calls', headers: WHO_CALLS },
    },
    errors: ['forbidden'],
  } as const
  return [
    { contract: { ...contract, operationId: 'verify', path: VERIFY_PATH }, handle: null },
    { contract: { ...contract, operationId: 'verifyPath', path: `${VERIFY_PATH}/*path` }, handle: null },
  ]
}
