import assert from 'node:assert/strict'
import type { Answer } from './check-answer.ts'
import type { SendOptions } from './exchange.ts'
import type { Marks } from './marks.ts'
import { ADMIN } from './test-server.ts'

export type Send = (method: string, path: string, options?: SendOptions) => Promise<Answer>

/** Everything that it has is a secret that can be looked for, but the ids. */
export interface MarkedAccount {
  email: string
  password: string
  token: string
  refreshToken: string
  /** The ids that can stand in the paths that begin so. */
  places: Record<string, string>
  /** One that there is. */
  role: string
}

export async function markedAccount(send: Send, marks: Marks, adminToken: string): Promise<MarkedAccount> {
  const password = marks.make('a password')
  const email = markedEmail(marks)
  const { status, body } = await send('POST', '/register', { json: { email, password, name: marks.make('a name') } })
  assert.equal(status, 201)
  keepTokens(marks, body)
  const { token, refreshToken, user } = body
  const { body: sessions } = await send('GET', '/sessions', { token })
  const { body: movies } = await send('GET', '/moviedata?limit=1', { token })
  const places = { '/users': user.id, '/sessions': sessions.items[0].id, '/moviedata': movies.items[0].id }
  const role = marks.make('a role')
  assert.equal((await send('POST', '/roles', { json: { name: role }, token: adminToken })).status, 201)
  return { email, password, token, refreshToken, places, role }
}

export const markedEmail = (marks: Marks): string => `${marks.make('an address')}@example.com`

export async function markedAdminToken(send: Send, marks: Marks): Promise<string> {
  const { body } = await send('POST', '/login', { json: { email: ADMIN.email, password: ADMIN.password } })
  keepTokens(marks, body)
  return body.token
}

/** Every token that an answer gives is a secret from now on, and each part of it that is not the same in all. */
export function keepTokens(
  marks: Marks,
  body: { token?: string; refreshToken?: string } = {},
  headers?: Headers,
): void {
  for (const part of body.token?.split('.').slice(1) ?? []) marks.keep('an access token', part)
  const cookie = /__Host-refresh=([^;]+)/.exec(headers?.get('set-cookie') ?? '')?.[1]
  for (const refreshToken of [body.refreshToken, cookie]) if (refreshToken) marks.keep('a refresh token', refreshToken)
}
