import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, claimsOf, loggedIn, loggedInAdmin, registered } from '../../support/accounts.ts'
import type { Answer } from '../../support/check-answer.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const ROUNDS = 25
const NEW_PASSWORD = 'another horse, another staple'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)

const refresh = (refreshToken: string) => server.post('/refresh', { refreshToken })
const disable = ({ id }: Account) =>
  server.send('PATCH', `/users/${id}`, { token: admin.token, json: { status: 'disabled' } })

/** What a refresh gave, or what it started from. */
function tokensOf({ status, body }: Answer, before: Account): Account {
  return status === 200 ? { ...before, token: body.token, refreshToken: body.refreshToken } : before
}

async function assertDead({ token, refreshToken }: Account, why: string): Promise<void> {
  assert.equal((await server.get('/verify', token)).status, 401, why)
  assert.equal((await refresh(refreshToken)).status, 401, why)
}

describe('the end of a session, while it is being refreshed', () => {
  /** What ends the session of the first account; the second is another session of the same user. */
  const endings: Record<string, (account: Account, other: Account) => Promise<Answer>> = {
    'a logout by the access token': ({ token }) => server.post('/logout', {}, token),
    'a logout by the refresh token': ({ refreshToken }) => server.post('/logout', { refreshToken }),
    'the list of sessions': ({ token }, other) =>
      server.send('DELETE', `/sessions/${claimsOf(token).sid}`, { token: other.token }),
    'all others being ended': (_account, other) => server.send('DELETE', '/sessions', { token: other.token }),
    'an administrator who ends all': ({ id }) => server.send('DELETE', `/users/${id}/sessions`, { token: admin.token }),
    disabling: disable,
    'a new password': (_account, other) =>
      server.send('PUT', '/userdetails/password', {
        token: other.token,
        json: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      }),
    'the deletion of the account': (_account, other) =>
      server.send('DELETE', '/userdetails', { token: other.token, json: { currentPassword: PASSWORD } }),
  }
  for (const [what, end] of Object.entries(endings)) {
    it(`leaves nothing alive by ${what}, whichever comes first`, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const account = await registered(server)
        const other = await loggedIn(server, account.email)
        const [ended, generations] = await Promise.all([end(account, other), refreshUntilRefused(account)])
        assert.ok(ended.status < 300, `${what} ${ended.status}`)
        for (const generation of generations) await assertDead(generation, what)
      }
    })
  }

  /** Every generation of the session's tokens, up to the one that could not be renewed. */
  async function refreshUntilRefused(account: Account): Promise<Account[]> {
    const generations = [account]
    for (let latest = account; generations.length < 1000; generations.push(latest)) {
      const answer = await refresh(latest.refreshToken)
      if (answer.status === 401) return generations
      latest = tokensOf(answer, latest)
    }
    throw new Error('The session does not end.')
  }
})

describe('a login, while the account is being closed', () => {
  /** Some at once, until the password does not do any more; the tokens of those that came before. */
  async function loginUntilRefused(account: Account): Promise<Account[]> {
    const sessions: Account[] = []
    const loginAgain = async () => {
      for (;;) {
        const answer = await server.post('/login', { email: account.email, password: PASSWORD })
        if (answer.status === 401) return
        sessions.push(tokensOf(answer, account))
      }
    }
    await Promise.all([1, 2, 3, 4].map(loginAgain))
    return sessions
  }

  it('leaves no session of a disabled user', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const account = await registered(server)
      const [, sessions] = await Promise.all([disable(account), loginUntilRefused(account)])
      for (const session of [account, ...sessions]) await assertDead(session, 'a session of a disabled user')
    }
  })

  it('leaves no session that was opened with the old password', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const account = await registered(server)
      const json = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
      const [changed, sessions] = await Promise.all([
        server.send('PUT', '/userdetails/password', { token: account.token, json }),
        loginUntilRefused(account),
      ])
      assert.equal(changed.status, 204)
      for (const session of sessions) await assertDead(session, 'a session of the old password')
      assert.equal((await server.get('/verify', account.token)).status, 204)
    }
  })
})

describe('many refreshes at once', () => {
  it('never give two successors', async () => {
    let { refreshToken } = await registered(server)
    for (let round = 0; round < 100; round++) {
      const answers = await Promise.all(Array.from({ length: 16 }, () => refresh(refreshToken)))
      const successors = new Set(answers.map(({ status, body }) => `${status} ${body.refreshToken}`))
      assert.equal(successors.size, 1, [...successors].join('\n'))
      refreshToken = answers[0]?.body.refreshToken
    }
  })
})
