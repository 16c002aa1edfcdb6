import dotenv from 'dotenv'

dotenv.config({ quiet: true })

/**
 * The configuration as sequelize-cli wants it. Only the database matters here, so that migrations can run where the
 * server's secrets are not.
 */
function read() {
  const url = process.env.DATABASE_DIRECT_URL || process.env.DATABASE_URL
  if (!url) throw new Error('Set DATABASE_URL. The embedded database is migrated by the server itself at each start.')
  return { url, dialect: 'postgres', seederStorage: 'sequelize', seederStorageTableName: 'SequelizeData' }
}

export default read()
