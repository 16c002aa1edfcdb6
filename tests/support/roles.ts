import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Account } from './accounts.ts'
import type { TestServer } from './test-server.ts'

/** A name that is as long as a role's may be. */
export const longRole = (): string => `role_${randomBytes(32).toString('hex').slice(5)}`

/** Makes a role, and gives its name. */
export async function createdRole(
  server: TestServer,
  { token }: Account,
  name = `role_${randomBytes(6).toString('hex')}`,
): Promise<string> {
  assert.equal((await server.post('/roles', { name }, token)).status, 201)
  return name
}
