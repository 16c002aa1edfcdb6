import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { Sequelize } from 'sequelize'
import { endCollecting } from './bulk-loading.ts'
import type { Log } from './log.ts'
import { applyChanges, type ChangeFolder } from './schema-changes.ts'
import { ensureSearchIndex } from './search-index.ts'

/** An advisory lock: any number that nothing else in this database locks. The same for every node. */
export const PREPARATION_LOCK = 0x6761_7465
const OLDEST_POSTGRES = 13
const ASK_AGAIN_MS = 50

export interface Preparation {
  /** Where session-level locks hold: past a transaction pooler. */
  directUrl: string
  log: Log
}

/**
 * Applies the migrations and seeds that are missing, and then runs `firstSteps`, all under one advisory lock: of nodes
 * that start at once, one works and the others wait and find it done. Gives the names of what was missing.
 */
export async function prepareDatabase(
  { directUrl, log }: Preparation,
  firstSteps: () => Promise<void>,
): Promise<Record<ChangeFolder, string[]>> {
  const lockHolder = new pg.Client({ connectionString: directUrl, connectionTimeoutMillis: 5_000 })
  // Where it is lost, the statements of the others fail too, and say so.
  lockHolder.on('error', () => undefined)
  await lockHolder.connect()
  // Not the server's pool: a migration may take longer than any request is given.
  const sequelize = new Sequelize(directUrl, {
    dialect: 'postgres',
    dialectModule: pg,
    logging: false,
    pool: { max: 1 },
  })
  try {
    await requireVersion(lockHolder)
    await takeLock(lockHolder)
    const migrations = await applyChanges(sequelize, log, 'migrations')
    const seeders = await applyChanges(sequelize, log, 'seeders')
    await ensureSearchIndex(lockHolder, log)
    await endCollecting(lockHolder)
    await firstSteps()
    return { migrations, seeders }
  } finally {
    await sequelize.close()
    await lockHolder.end()
  }
}

/** Asks again and again: whoever waits within a statement holds up the building of an index, which waits for all of them. */
async function takeLock(client: pg.Client): Promise<void> {
  const isTaken = async () => {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [
      PREPARATION_LOCK,
    ])
    return rows[0]?.taken ?? false
  }
  while (!(await isTaken())) await wait(ASK_AGAIN_MS)
}

/** Throws where the server is too old. */
export async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  const version = rows[0]?.server_version ?? ''
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
    throw new Error(`PostgreSQL ${OLDEST_POSTGRES} or later is needed, this server is ${version}.`)
  }
}
