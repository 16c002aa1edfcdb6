import { signIn } from './accounts.ts'
import { reader } from './readers.ts'
import type { Contestant, ContestantName } from './row.ts'
import type { Server } from './server.ts'
import type { Site } from './site.ts'

export const SESSION_PATH = '/api/auth/get-session'

/** How Better Auth tells another service whose cookie this is: by its defaults from the database, or from the cookie. */
export async function sessionChecks(site: Site): Promise<Contestant[]> {
  return [
    await check('Better Auth', await site.betterAuth()),
    await check('Better Auth, cookie cache', await site.betterAuthWithCookieCache()),
  ]
}

export async function check(name: ContestantName, server: Server): Promise<Contestant> {
  return reader(name, server, { path: SESSION_PATH, headers: await signIn(server), expected: 200 })
}
