import { BaseError } from 'sequelize'

/**
 * What an error of the database is called: a SQLSTATE where PostgreSQL or a pooler has spoken, a name such as
 * `ECONNRESET` where the connection has failed. Undefined for every other error.
 */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof BaseError) || !('parent' in error) || !(error.parent instanceof Error)) return undefined
  return 'code' in error.parent && typeof error.parent.code === 'string' ? error.parent.code : undefined
}
