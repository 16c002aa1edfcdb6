import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type QueryInterface, Sequelize } from 'sequelize'
import { SequelizeStorage, Umzug } from 'umzug'
import type { Log } from './log.ts'
import { ensureSearchIndex } from './search-index.ts'
import { sqlStateOf } from './sql-state.ts'

/** Any number that nothing else in this database locks. The same for every node. */
const ADVISORY_LOCK = 0x6761_7465
const OLDEST_POSTGRES = 13
const ASK_AGAIN_MS = 50

/**
 * Whoever waits to change a table holds up all who come behind, reads included, and a backup may read it for an hour. So
 * a change waits this long only, and lets the others through before it tries again. What it then does while it has the
 * lock has to fit into the rest of the two seconds that a statement is given.
 */
const LOCK_MS = 500
const LET_THROUGH_MS = 1_000

/** SQLSTATE lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03'

export interface Preparation {
  /** Where session-level locks hold: past a transaction pooler. */
  directUrl: string
  log: Log
}

/**
 * Applies the migrations and seeds that are missing, and then runs `firstSteps`, all under one advisory lock: of nodes
 * that start at once, one works and the others wait and find it done.
 */
export async function prepareDatabase({ directUrl, log }: Preparation, firstSteps: () => Promise<void>): Promise<void> {
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
    await applyAll(sequelize, log, 'migrations', 'SequelizeMeta')
    await applyAll(sequelize, log, 'seeders', 'SequelizeData')
    await ensureSearchIndex(lockHolder, log)
    await firstSteps()
  } finally {
    await sequelize.close()
    await lockHolder.end()
  }
}

/** Asks again and again: whoever waits within a statement holds up the building of an index, which waits for all of them. */
async function takeLock(client: pg.Client): Promise<void> {
  const isTaken = async () => {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [ADVISORY_LOCK])
    return rows[0]?.taken ?? false
  }
  while (!(await isTaken())) await wait(ASK_AGAIN_MS)
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  const version = rows[0]?.server_version ?? ''
  if (Number.parseInt(version, 10) < OLDEST_POSTGRES) {
    throw new Error(`PostgreSQL ${OLDEST_POSTGRES} or later is needed, this server is ${version}.`)
  }
}

/** The same files, names and tables as sequelize-cli, so that either can go on where the other stopped. */
async function applyAll(sequelize: Sequelize, log: Log, folder: string, tableName: string): Promise<void> {
  const umzug = new Umzug({
    migrations: {
      glob: ['*.ts', { cwd: fileURLToPath(new URL(`../../${folder}/`, import.meta.url)) }],
      resolve: ({ name, path = '', context }) => ({
        name,
        up: async () => {
          const { up } = await loadChange(path)
          const sayThatItWaits = () => log.warn({ file: name }, `${folder}: waits for others to be done with a table`)
          await withoutHoldingUp(context.sequelize, () => up(context), sayThatItWaits)
        },
      }),
    },
    context: sequelize.getQueryInterface(),
    storage: new SequelizeStorage({ sequelize, modelName: tableName }),
    logger: undefined,
  })
  for (const { name: file } of await umzug.up()) log.info({ file }, `${folder}: applied`)
}

/** Runs a change anew as long as it does not get its locks: one that fails so has done nothing, if it is one statement. */
async function withoutHoldingUp(
  sequelize: Sequelize,
  change: () => Promise<void>,
  onWaiting: () => void,
): Promise<void> {
  for (let attempts = 1; ; attempts++) {
    await sequelize.query(`SET lock_timeout = ${LOCK_MS}`)
    try {
      return await change()
    } catch (error) {
      if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error
    }
    if (attempts === 1) onWaiting()
    await wait(LET_THROUGH_MS)
  }
}

interface Change {
  up(queryInterface: QueryInterface): Promise<void>
}

const loadChange = (path: string): Promise<Change> => import(path)
