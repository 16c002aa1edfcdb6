import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, registered } from '../../support/accounts.ts'
import { assertRefreshRefused, refreshed } from '../../support/sessions.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()

describe('POST /logout', () => {
  const logout = (options: Parameters<typeof server.send>[2]) => server.send('POST', '/logout', options)

  async function assertEnded({ token, refreshToken }: Account): Promise<void> {
    const answer = await server.get('/userdetails', token)
    assert.equal(answer.body.code, 'invalid_token')
    await assertRefreshRefused(server, refreshToken)
  }

  it('ends the session of the bearer token', async () => {
    const user = await registered(server)
    assert.equal((await logout({ token: user.token })).status, 204)
    await assertEnded(user)
    assert.equal((await logout({ token: user.token })).body.code, 'invalid_token')
  })

  it('ends the session of the refresh token, also of one that was replaced', async () => {
    for (const rounds of [0, 1, 2]) {
      const user = await registered(server)
      let { refreshToken } = user
      for (let round = 0; round < rounds; round++) refreshToken = (await refreshed(server, refreshToken)).refreshToken
      assert.equal((await logout({ json: { refreshToken: user.refreshToken } })).status, 204)
      await assertEnded({ ...user, refreshToken })
    }
  })

  it('answers 204 for a refresh token that is unknown or over', async () => {
    const { refreshToken } = await registered(server)
    for (const json of [{ refreshToken }, { refreshToken }, { refreshToken: 'unknown' }]) {
      assert.equal((await logout({ json })).status, 204)
    }
  })

  it('goes by the refresh token where the access token is over', async () => {
    const user = await registered(server)
    assert.equal((await logout({ token: 'over', json: { refreshToken: user.refreshToken } })).status, 204)
    await assertEnded(user)
  })

  it('ends both sessions where two are named', async () => {
    const one = await registered(server)
    const other = await registered(server)
    assert.equal((await logout({ token: one.token, json: { refreshToken: other.refreshToken } })).status, 204)
    await assertEnded(one)
    await assertEnded(other)
  })

  it('wants something that names a session', async () => {
    assert.equal((await logout({})).body.code, 'unauthenticated')
    assert.equal((await logout({ json: {} })).body.code, 'unauthenticated')
    assert.equal((await logout({ token: 'over' })).body.code, 'invalid_token')
  })
})
