import type { TestServer } from './test-server.ts'

/** Everything that a request could have changed, to be compared with what there is later. */
export async function stored({ database }: TestServer): Promise<unknown> {
  const tables = ['users', 'roles', 'user_roles', 'sessions', 'revocations']
  const rows = await Promise.all(tables.map((table) => database.query(`SELECT * FROM ${table} ORDER BY 1, 2`)))
  return { rows, events: await database.count('audit_events') }
}
