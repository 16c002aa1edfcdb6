import pg from 'pg'

/**
 * Where `npm run test:pooled` has a PgBouncer in front of a server, or of a proxy: the port to ask, by `host:port`. A
 * test speaks of databases as if there were none, and the servers that it starts are sent through it by `behindPooler`.
 */
const poolers = new Map<string, string>()

const { TEST_POSTGRES_URL, TEST_POOLER_PORT } = process.env
if (TEST_POSTGRES_URL && TEST_POOLER_PORT) poolers.set(new URL(TEST_POSTGRES_URL).host, TEST_POOLER_PORT)

export const isPooledRun = TEST_POOLER_PORT !== undefined

/** The port of the pooler in front of a database's server, or null. */
export const poolerPortOf = (url: string): string | null => poolers.get(URL.parse(url)?.host ?? '') ?? null

/** From now on, servers are sent to a port of this machine in place of a database's own. */
export function standsBefore(url: string, port: number | string): void {
  poolers.set(new URL(url).host, String(port))
}

/**
 * The environment of a server: where a pooler stands before its database, the server goes through it, and past it for what
 * must. Who gives both addresses as the same one goes straight.
 */
export function behindPooler(env: Readonly<Record<string, string>>): Record<string, string> {
  const { DATABASE_URL: url = '', DATABASE_DIRECT_URL: directUrl = url } = env
  const port = poolerPortOf(url)
  if (port === null || env.DATABASE_DIRECT_URL === url) return env
  return { ...env, DATABASE_URL: Object.assign(new URL(url), { port }).href, DATABASE_DIRECT_URL: directUrl }
}

/** What an operator tells a pooler whose connections are not what they should be; without a pooler, nothing. */
export async function reconnectPooler(databaseUrl: string): Promise<void> {
  const port = poolerPortOf(databaseUrl)
  if (port === null) return
  const client = new pg.Client(Object.assign(new URL(databaseUrl), { port, pathname: '/pgbouncer' }).href)
  await client.connect()
  await client.query('RECONNECT')
  await client.end()
}
