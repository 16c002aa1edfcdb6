import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const user = await registered(server)

describe('/userdetails', () => {
  it('answers the account of the caller, never a hash', async () => {
    const { status, body, text } = await server.get('/userdetails', user.token)
    assert.equal(status, 200)
    assert.equal(body.user.id, user.id)
    assert.equal(body.user.email, user.email)
    assert.doesNotMatch(text, /password|hash|\$2b\$/i)
  })

  it('answers a POST without a body as a GET', async () => {
    const { body } = await server.send('POST', '/userdetails', { token: user.token })
    assert.deepEqual(body, (await server.get('/userdetails', user.token)).body)
  })

  it('refuses a POST that wants to change something', async () => {
    const answer = await server.post('/userdetails', { roles: ['admin'] }, user.token)
    assert.equal(answer.status, 400)
    assert.deepEqual(answer.body.errors, [{ pointer: '/roles', message: 'is not known here' }])
  })

  it('refuses a query', async () => {
    assert.equal((await server.get('/userdetails?id=1', user.token)).status, 400)
  })
})
