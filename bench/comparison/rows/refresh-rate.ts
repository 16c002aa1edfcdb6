import { accounts, login } from '../accounts.ts'
import { lineFile } from '../line-file.ts'
import { measuredByWrk } from '../measured.ts'
import { logins } from '../posters.ts'
import { CONNECTIONS } from '../readers.ts'
import type { Contestant, ContestantName, Row } from '../row.ts'
import type { Server } from '../server.ts'
import { check } from '../session-checks.ts'
import type { Site } from '../site.ts'

/** More than connections, so that one always waits for its turn. */
const SESSIONS = 40
const LOGINS_AT_ONCE = 8

/**
 * Each token once, its successor behind all others. Better Auth has no refresh: nearest to it is the session check that
 * extends its session.
 */
export const refreshRate: Row = {
  name: 'refresh-rate',
  title: 'refresh',
  seconds: 3,
  figures: [
    {
      key: 'rate',
      unit: 'a second',
      goals: [
        { beside: 'its own login', atLeast: 10 },
        { beside: 'Better Auth, extending', atLeast: 1 },
        { beside: 'tutorial', atLeast: 1 },
      ],
    },
  ],
  async open(site) {
    const gatehouse = await site.gatehouse()
    return [
      refreshing('Gatehouse', site, gatehouse),
      logins('its own login', site, gatehouse),
      await check('Better Auth, extending', await site.betterAuthExtending()),
      refreshing('tutorial', site, await site.tutorial()),
    ]
  },
}

/** With sessions that are new in each round: wrk ends without the answers that are under way. */
function refreshing(name: ContestantName, site: Site, server: Server): Contestant {
  return {
    name,
    async measure(seconds) {
      const script = { name: 'refresh', args: [await lineFile(site, await refreshTokens(server))] }
      const { pid, port } = server
      return { rate: await measuredByWrk(pid, { port, path: '/refresh', connections: CONNECTIONS, seconds, script }) }
    },
  }
}

async function refreshTokens(server: Server): Promise<string[]> {
  const emails = (await accounts(server)).slice(0, SESSIONS)
  const tokens: string[] = []
  while (tokens.length < emails.length) {
    const next = emails.slice(tokens.length, tokens.length + LOGINS_AT_ONCE)
    tokens.push(...(await Promise.all(next.map((email) => refreshTokenOf(server, email)))))
  }
  return tokens
}

async function refreshTokenOf(server: Server, email: string): Promise<string> {
  const { refreshToken } = (await (await login(server, email)).json()) as { refreshToken: string }
  return refreshToken
}
