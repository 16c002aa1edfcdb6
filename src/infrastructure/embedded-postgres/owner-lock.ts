import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'

/** Held by the server whose child the database is, for as long as it lives: a killed owner loses it by itself. */
const OWNER_LOCK = 0x6f77_6e72

/** SQLSTATE of a server that is still starting. */
const CANNOT_CONNECT_NOW = '57P03'

/** Takes the lock on a connection of its own. Null where somebody else has it. */
export async function takeOwnerLock(url: string): Promise<pg.Client | null> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'gatehouse-owner',
  })
  // Its end is the database's end, which the server sees by the database's process.
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [OWNER_LOCK])
  if (rows[0]?.taken) return client
  await client.end()
  return null
}

/** Whether a living server owns the database behind `url`. One that cannot be asked has no owner who could use it. */
export async function isOwned(url: string): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      const lock = await takeOwnerLock(url)
      await lock?.end()
      return lock === null
    } catch (error) {
      if ((error as { code?: string }).code !== CANNOT_CONNECT_NOW) return false
      await wait(100)
    }
  }
  return false
}
