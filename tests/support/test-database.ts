import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { completeConfig, readConfig } from '../../config/env.ts'
import { createContainer } from '../../src/container.ts'
import { createLog } from '../../src/infrastructure/log.ts'

const TEMPLATE = 'gatehouse_template'

export const APP_SECRET = 'the same secret in every test, so that keys can be opened'

export interface TestDatabase {
  url: string
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** How many rows of a table, or of what else stands behind FROM. */
  count(from: string): Promise<number>
  drop(): Promise<void>
}

export const dropTemplate = () => administer(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`)

export async function createTemplate(): Promise<void> {
  await dropTemplate()
  const { url } = await createDatabase(TEMPLATE)
  const config = readConfig({ NODE_ENV: 'test', DATABASE_URL: url, APP_SECRET })
  const complete = completeConfig(config, { port: 0, databaseUrl: url, appSecret: APP_SECRET })
  const container = createContainer(complete, { log: createLog({ level: 'warn', readable: false }) })
  await container.prepare(null)
  await container.close()
}

/** A database of its own: a clone of the template, or an empty one. */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  return createDatabase(name, empty ? undefined : TEMPLATE)
}

/** An empty database, for a role that may log in, owns it, and may do nothing else. Its queries are that role's. */
export async function createOwnedDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  const password = randomBytes(16).toString('hex')
  await administer(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
  await administer(`CREATE DATABASE ${name} OWNER ${name}`)
  const url = Object.assign(new URL(urlOf(name)), { username: name, password })
  return databaseAt(url.href, async () => {
    await administer(`DROP DATABASE ${name} WITH (FORCE)`)
    await administer(`DROP ROLE ${name}`)
  })
}

async function createDatabase(name: string, template?: string): Promise<TestDatabase> {
  await administer(`CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`)
  return databaseAt(urlOf(name), async () => void (await administer(`DROP DATABASE ${name} WITH (FORCE)`)))
}

/** A database that is there. `drop` is for whoever made it. */
export function databaseAt(url: string, drop = async () => {}): TestDatabase {
  return { url, query, count, drop }

  async function query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(url, async (client) => (await client.query<Row>(sql, values)).rows)
  }

  async function count(from: string): Promise<number> {
    const [row] = await query<{ count: string }>(`SELECT count(*) FROM ${from}`)
    return Number(row?.count)
  }
}

function urlOf(database: string): string {
  const url = new URL(process.env.TEST_POSTGRES_URL ?? '')
  url.pathname = `/${database}`
  return url.href
}

const administer = (sql: string) => withClient(urlOf('postgres'), (client) => client.query(sql))

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
