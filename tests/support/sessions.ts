import assert from 'node:assert/strict'
import type { TestServer } from './test-server.ts'

/** The next tokens of a session. */
export async function refreshed(
  server: TestServer,
  refreshToken: string,
): Promise<{ token: string; refreshToken: string }> {
  const { status, body } = await server.post('/refresh', { refreshToken })
  assert.equal(status, 200)
  return body
}

export async function assertRefreshRefused(server: TestServer, refreshToken: string): Promise<void> {
  const { status, body } = await server.post('/refresh', { refreshToken })
  assert.equal(status, 401)
  assert.equal(body.code, 'invalid_refresh_token')
}
