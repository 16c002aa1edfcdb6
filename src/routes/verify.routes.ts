import type { Route } from '../http/route.ts'
import { verifyQuery } from '../schemas/verify.schema.ts'

/** Asked with all that is below it. */
export const VERIFY_PATH = '/verify'

/** Answered before Express, see middlewares/direct-answer.ts: a gateway asks for each request that it lets through. */
export function verifyRoutes(): Route[] {
  const contract = {
    method: 'any',
    summary: 'May this request pass? For gateways, with any method',
    tag: 'Other services',
    access: 'signed-in',
    query: verifyQuery,
    answers: {
      200: { description: 'As 204, where `status=200` asks for it' },
      204: { description: 'It may; `X-User-Id`, `X-User-Email`, `X-User-Roles` and `X-Session-Id` say who calls' },
    },
    errors: ['forbidden'],
  } as const
  return [
    { contract: { ...contract, path: VERIFY_PATH }, handle: null },
    { contract: { ...contract, path: `${VERIFY_PATH}/*path` }, handle: null },
  ]
}
