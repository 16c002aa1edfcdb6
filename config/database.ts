import { readEnvironment } from './environment.ts'

/**
 * The configuration as sequelize-cli wants it. Only the database matters here, so that migrations can run where the
 * server's secrets are not.
 */
function read() {
  const { DATABASE_DIRECT_URL, DATABASE_URL } = readEnvironment()
  const url = DATABASE_DIRECT_URL || DATABASE_URL
  if (!url) throw new Error('Set DATABASE_URL. The embedded database is migrated by the server itself at each start.')
  return { url, dialect: 'postgres', seederStorage: 'sequelize', seederStorageTableName: 'SequelizeData' }
}

export default read()
