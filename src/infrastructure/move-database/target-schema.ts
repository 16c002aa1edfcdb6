import pg from 'pg'
import { Sequelize } from 'sequelize'
import type { Log } from '../log.ts'
import { applyChanges } from '../schema-changes.ts'
import { findPartitions, findTables, type Table } from './catalogue.ts'

/** Its name as SQL wants it. */
const MIGRATIONS = '"SequelizeMeta"'

/**
 * Makes the tables of the source in the target, all empty: by the migrations that the source has had and no others, so a
 * later version migrates it at its next start, as it would have migrated the source. Throws where the source has
 * tables that no migration makes.
 */
export async function buildSchema(
  target: pg.Client,
  source: pg.Client,
  tables: readonly Table[],
  log: Log,
): Promise<void> {
  if (!tables.some(({ name }) => name === MIGRATIONS)) {
    throw new Error('The embedded database is not prepared yet: start the server once.')
  }
  const migrations = await migrationsOf(source)
  try {
    await applyChanges(sequelizeOn(target), log, 'migrations', migrations)
    // Makes the table that says which seeds there were.
    await applyChanges(sequelizeOn(target), log, 'seeders', [])
  } catch (cause) {
    throw new Error('Nothing is moved: the tables cannot be made in the target.', { cause })
  }
  for (const { name, parent, bound } of await findPartitions(source)) {
    await target.query(`CREATE TABLE ${name} PARTITION OF ${parent} ${bound}`)
  }
  await requireSameTables(target, tables)
  // What migrations have put in has its own row in the source, as it is now.
  await target.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`)
}

async function migrationsOf(source: pg.Client): Promise<string[]> {
  const { rows } = await source.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS} ORDER BY name`)
  return rows.map(({ name }) => name)
}

async function requireSameTables(target: pg.Client, tables: readonly Table[]): Promise<void> {
  const made = new Set((await findTables(target)).map(({ name }) => name))
  const unknown = tables.map(({ name }) => name).filter((name) => !made.has(name))
  if (unknown.length === 0) return
  throw new Error(`The embedded database has tables that no migration of this version makes: ${unknown.join(', ')}.`)
}

/** Sequelize on the one connection whose transaction has begun: migrations ask it for no other. */
function sequelizeOn(client: pg.Client): Sequelize {
  const sequelize = new Sequelize({ dialect: 'postgres', dialectModule: pg, logging: false })
  const connections = { getConnection: async () => client, releaseConnection: () => undefined }
  Object.assign(sequelize.connectionManager, connections)
  return sequelize
}
