import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { fillLogins, unsealed } from './fill-logins.ts'
import { fillUsers } from './fill-users.ts'
import { startGatehouse } from './gatehouse.ts'

const USERS = 200_000
const LOOK_MS = 100

const KEPT = [
  { what: 'a user, roles and search included', tables: `IN ('users', 'user_roles')` },
  { what: 'a session', tables: `= 'sessions'` },
  { what: 'an event, its seal included', tables: `LIKE 'audit_%'` },
]

/** What PostgreSQL keeps for each of them, indexes included, and how many events a second one node seals. */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse()
  const databaseUrl = await gatehouse.databaseUrl()
  await fillUsers(databaseUrl, USERS)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await fillLogins(client)
    const sealedPerSecond = await sealAll(client)
    const lines = []
    for (const { what, tables } of KEPT) lines.push(`${what.padEnd(38)}${await bytesEach(client, tables)} bytes`)
    return [...lines, `${'events sealed a second'.padEnd(38)}${sealedPerSecond}`].join('\n')
  } finally {
    await client.end()
  }
}

async function sealAll(client: pg.Client): Promise<number> {
  const from = await unsealed(client)
  const startedAt = performance.now()
  while ((await unsealed(client)) > 0) await wait(LOOK_MS)
  return Math.round((from * 1000) / (performance.now() - startedAt))
}

/** Of tables and their partitions: `tables` compares a name. */
async function bytesEach(client: pg.Client, tables: string): Promise<number> {
  const { rows } = await client.query(`
    SELECT sum(pg_total_relation_size(oid))::float8 AS bytes FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname ${tables}`)
  return Math.round(rows[0].bytes / USERS)
}
