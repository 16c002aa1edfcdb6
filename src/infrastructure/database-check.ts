import { readdir } from 'node:fs/promises'
import { QueryTypes, type Sequelize } from 'sequelize'
import { sqlStateOf } from './sql-state.ts'

export interface DatabaseState {
  isReachable: boolean
  /** Whether every migration of this code is applied. Those of newer code do no harm: migrations expand, then contract. */
  isMigrated: boolean
}

const MIGRATIONS = new URL('../../migrations/', import.meta.url)

/** The class of SQLSTATE for what is not there, or is somebody else's. */
const NOT_OURS = /^42/

const APPLIED = 'SELECT name FROM "SequelizeMeta"'

/** Asks whether the database answers and is up to date. However many ask, one takes up a connection and all wait for it. */
export function createDatabaseCheck(sequelize: Sequelize): () => Promise<DatabaseState> {
  let asking: Promise<DatabaseState> | null = null
  let needed: readonly string[] | null = null
  // What was found last: of a database that does not answer nothing else is known.
  let isMigrated = true

  return function check() {
    asking ??= ask().finally(() => {
      asking = null
    })
    return asking
  }

  async function ask(): Promise<DatabaseState> {
    try {
      needed ??= await neededMigrations()
      const rows = await sequelize.query<{ name: string }>(APPLIED, { type: QueryTypes.SELECT })
      const applied = new Set(rows.map(({ name }) => name))
      isMigrated = needed.every((name) => applied.has(name))
      return { isReachable: true, isMigrated }
    } catch (error) {
      const isReachable = NOT_OURS.test(sqlStateOf(error) ?? '')
      if (isReachable) isMigrated = false
      return { isReachable, isMigrated }
    }
  }
}

async function neededMigrations(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.ts'))
}
