import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { QueryInterface, Sequelize } from 'sequelize'
import { SequelizeStorage, Umzug } from 'umzug'
import type { Log } from './log.ts'
import { sqlStateOf } from './sql-state.ts'

/** The folders of changes, each with the table that says which of them were applied. */
export const CHANGE_TABLES = { migrations: 'SequelizeMeta', seeders: 'SequelizeData' }

export type ChangeFolder = keyof typeof CHANGE_TABLES

export const folderOf = (folder: ChangeFolder): string => fileURLToPath(new URL(`../../${folder}/`, import.meta.url))

/**
 * Whoever waits to change a table holds up all who come behind, reads included, and a backup may read it for an hour. So
 * a change waits this long only, and lets the others through before it tries again. What it then does while it has the
 * lock has to fit into the rest of the two seconds that a statement is given.
 */
const LOCK_MS = 500
const LET_THROUGH_MS = 1_000

/** SQLSTATE lock_not_available. */
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Applies the changes of a folder that are missing, or of those only the ones that are named. The same files, names and
 * tables as sequelize-cli, so that either can go on where the other stopped. Gives the names of what it applied.
 */
export async function applyChanges(
  sequelize: Sequelize,
  log: Log,
  folder: ChangeFolder,
  only?: string[],
): Promise<string[]> {
  const umzug = new Umzug({
    migrations: {
      glob: ['*.ts', { cwd: folderOf(folder) }],
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
    storage: new SequelizeStorage({ sequelize, modelName: CHANGE_TABLES[folder] }),
    logger: undefined,
  })
  const applied = await umzug.up(only && { migrations: only })
  for (const { name: file } of applied) log.info({ file }, `${folder}: applied`)
  return applied.map(({ name }) => name)
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
      await change()
      await sequelize.query('RESET lock_timeout')
      return
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
