import { fileURLToPath } from 'node:url'
import type { QueryInterface, Sequelize } from 'sequelize'
import { SequelizeStorage, Umzug } from 'umzug'
import type { Log } from './log.ts'

/** The folders of changes, each with the table that says which of them were applied. */
const TABLES = { migrations: 'SequelizeMeta', seeders: 'SequelizeData' }

/**
 * Applies the changes of a folder that are missing, or of those only the ones that are named. The same files, names and
 * tables as sequelize-cli, so that either can go on where the other stopped.
 */
export async function applyChanges(
  sequelize: Sequelize,
  log: Log,
  folder: keyof typeof TABLES,
  only?: string[],
): Promise<void> {
  const umzug = new Umzug({
    migrations: {
      glob: ['*.ts', { cwd: fileURLToPath(new URL(`../../${folder}/`, import.meta.url)) }],
      resolve: ({ name, path = '', context }) => ({
        name,
        up: async () => (await loadChange(path)).up(context),
      }),
    },
    context: sequelize.getQueryInterface(),
    storage: new SequelizeStorage({ sequelize, modelName: TABLES[folder] }),
    logger: undefined,
  })
  const applied = await umzug.up(only && { migrations: only })
  for (const { name: file } of applied) log.info({ file }, `${folder}: applied`)
}

interface Change {
  up(queryInterface: QueryInterface): Promise<void>
}

const loadChange = (path: string): Promise<Change> => import(path)
