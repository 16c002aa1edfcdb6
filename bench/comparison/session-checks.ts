import { signIn } from './accounts.ts'
import { type Read, reader } from './readers.ts'
import type { Contestant, ContestantName } from './row.ts'
import type { Server } from './server.ts'
import type { Site } from './site.ts'

/** How Better Auth tells another service whose cookie this is. */
export const SESSION: Omit<Read, 'headers'> = { path: '/api/auth/get-session', expected: 200 }

/** An Express route that asks it by a call: no question of another service, and what an application does that has it inside. */
const IN_PROCESS: Omit<Read, 'headers'> = { path: '/guarded', expected: 204 }

/** By its defaults, from the database. */
export async function sessionChecks(site: Site): Promise<Contestant[]> {
  const server = await site.betterAuth()
  return [await check('Better Auth', server, SESSION), await check('Better Auth, in process', server, IN_PROCESS)]
}

/** From the cookie, without the database, for five minutes. */
export async function cachedSessionChecks(site: Site): Promise<Contestant[]> {
  const server = await site.betterAuthWithCookieCache()
  return [
    await check('Better Auth, cookie cache', server, SESSION),
    await check('Better Auth, in process, cookie cache', server, IN_PROCESS),
  ]
}

export async function check(
  name: ContestantName,
  server: Server,
  question: Omit<Read, 'headers'> = SESSION,
): Promise<Contestant> {
  return reader(name, server, { ...question, headers: await signIn(server) })
}
