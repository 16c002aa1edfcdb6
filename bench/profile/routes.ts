import { randomUUID } from 'node:crypto'
import { forgeFor } from '../../tests/support/forge.ts'
import { databaseAt } from '../../tests/support/test-database.ts'
import { lineFile } from '../comparison/line-file.ts'
import type { WrkLoad } from '../comparison/wrk.ts'
import { type Accounts, bodyOf, login } from './accounts.ts'
import type { ProfiledServer } from './profiled-server.ts'

export type Asked = Pick<WrkLoad, 'path' | 'headers' | 'script'>

/** A request whose cost is looked into. */
export interface ProfiledRoute {
  title: string
  /** Gives what makes the requests of a measure: called before each, as tokens are new or unused only once. */
  open(server: ProfiledServer, accounts: Accounts): Promise<() => Promise<Asked>>
}

/** More than a node remembers: when a token comes again within a measure, it has been forgotten. */
const NEW_TOKENS = 30_000

export const ROUTES: readonly ProfiledRoute[] = [
  reading('`GET /verify`, a token seen before', '/verify'),
  {
    title: '`GET /verify`, each token new to the node',
    async open(server, [account]) {
      const { seal, claims } = await forgeFor({ database: databaseAt(server.databaseUrl) }, account)
      const newToken = () => seal({ claims: { ...claims, jti: randomUUID() } })
      return async () => {
        const file = await lineFile(server, Array.from({ length: NEW_TOKENS }, newToken))
        return { path: '/verify', script: { name: 'tokens', args: [file] } }
      }
    },
  },
  reading('`GET /userdetails`', '/userdetails'),
  reading('`GET /moviedata`, the first page', '/moviedata'),
  {
    title: '`POST /refresh`',
    async open(server, accounts) {
      return async () => {
        // wrk ends without the answers that are under way: their sessions cannot be taken up again.
        const signedIn = await Promise.all(accounts.map(({ email }) => login(server.port, email)))
        const tokens = signedIn.map(({ refreshToken }) => refreshToken)
        return { path: '/refresh', script: { name: 'refresh', args: [await lineFile(server, tokens)] } }
      }
    },
  },
  {
    title: '`POST /login`, without the hash, which is a worker thread’s',
    async open(server, accounts) {
      const bodies = accounts.map(({ email }) => bodyOf(email))
      const file = await lineFile(server, bodies)
      return async () => ({ path: '/login', script: { name: 'bodies', args: [file, '200'] } })
    },
  },
]

function reading(title: string, path: string): ProfiledRoute {
  return {
    title,
    async open(_server, [{ token }]) {
      return async () => ({ path, headers: { Authorization: `Bearer ${token}` } })
    },
  }
}
