import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { ADMIN, PASSWORD, type TestServer } from './test-server.ts'

export interface Account {
  id: string
  email: string
  token: string
  refreshToken: string
}

export const freshEmail = (): string => `user-${randomBytes(6).toString('hex')}@example.com`

export async function registered(server: TestServer): Promise<Account> {
  const email = freshEmail()
  const { status, body } = await server.post('/register', { email, password: PASSWORD })
  assert.equal(status, 201)
  return { id: body.user.id, email, token: body.token, refreshToken: body.refreshToken }
}

export async function loggedIn(server: TestServer, email: string, password = PASSWORD): Promise<Account> {
  const { status, body } = await server.post('/login', { email, password })
  assert.equal(status, 200)
  return { id: body.user.id, email, token: body.token, refreshToken: body.refreshToken }
}

export const loggedInAdmin = (server: TestServer): Promise<Account> => loggedIn(server, ADMIN.email, ADMIN.password)

export const claimsOf = (token: string): Record<string, unknown> => segmentOf(token, 1)

/** Which key it says that it was signed with. */
export const kidOf = (token: string): string => String(segmentOf(token, 0).kid)

function segmentOf(token: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString())
}
