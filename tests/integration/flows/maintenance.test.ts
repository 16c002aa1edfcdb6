import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedIn, registered } from '../../support/accounts.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR

const clock = movableClock()
const server = await serverOfThisFile({ clock })

const { count } = server.database

describe('what is done on a schedule', () => {
  it('removes sessions a day after they ended or expired, and no others', async () => {
    const user = await registered(server)
    const ended = await loggedIn(server, user.email)
    await server.post('/logout', {}, ended.token)
    const before = await count('sessions')
    clock.offsetMs = 23 * HOUR
    await server.maintenance.runOnce()
    assert.equal(await count('sessions'), before)
    clock.offsetMs = 25 * HOUR
    await server.maintenance.runOnce()
    assert.equal(await count('sessions'), before - 1)
    clock.offsetMs = 30 * DAY + 25 * HOUR
    await loggedIn(server, user.email)
    await server.maintenance.runOnce()
    assert.equal(await count('sessions'), 1)
  })

  it('removes thousands, in batches, while sessions are used', async () => {
    const user = await registered(server)
    await server.database.query(
      `INSERT INTO sessions (id, user_id, refresh_hash, created_at, expires_at)
       SELECT gen_random_uuid(), $1, sha256(n::text::bytea), now() - interval '2 years', now() - interval '1 year'
       FROM generate_series(1, 2100) n`,
      [user.id],
    )
    const before = await count('sessions')
    const [, { status }] = await Promise.all([
      server.maintenance.runOnce(),
      server.post('/refresh', { refreshToken: user.refreshToken }),
    ])
    assert.equal(status, 200)
    assert.equal(before - (await count('sessions')), 2100)
  })

  it('forgets a revocation when every token that it concerns is over, and not before', async () => {
    clock.offsetMs = 0
    await server.database.query('DELETE FROM revocations')
    const user = await registered(server)
    await server.post('/logout', {}, user.token)
    assert.equal(await count('revocations'), 1)
    clock.offsetMs = 16 * 60 * 1000
    await server.maintenance.runOnce()
    assert.equal(await count('revocations'), 1)
    clock.offsetMs = 18 * 60 * 1000
    await server.maintenance.runOnce()
    assert.equal(await count('revocations'), 0)
  })
})
