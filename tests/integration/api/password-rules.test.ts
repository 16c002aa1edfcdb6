import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dictionary } from '@zxcvbn-ts/language-common'
import { freshEmail, registered } from '../../support/accounts.ts'
import { movableClock } from '../../support/movable-clock.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const YEAR_MS = 365 * 24 * 60 * 60 * 1000

const clock = movableClock()
const server = await serverOfThisFile({ clock })

/** Has characters enough of any length, and no two of one length begin alike. */
const longPassword = (characters: number) =>
  `${characters} ${'the quick brown fox jumps over a lazy dog '.repeat(120)}`.slice(0, characters)

describe('a password', () => {
  const statusOf = async (path: string, email: string, password: string) =>
    (await server.post(path, { email, password })).status

  it('has 8 characters or more, whatever they are', async () => {
    for (const password of ['jqvxkzwg', '83047169', 'ЖщфЫъЮцЙ', '🐎🔋📎🧷🪣🧵🪤🛶', '~]^`|}{%']) {
      const email = freshEmail()
      assert.equal(await statusOf('/register', email, password), 201, password)
      assert.equal(await statusOf('/login', email, password), 200, password)
      const shorter = [...password].slice(0, 7).join('')
      assert.equal(await statusOf('/register', freshEmail(), shorter), 400, shorter)
    }
  })

  it('may have 64 characters and up to 4,096, and each of them counts', async () => {
    for (const characters of [64, 65, 128, 1000, 4096]) {
      const [email, password] = [freshEmail(), longPassword(characters)]
      assert.equal(await statusOf('/register', email, password), 201)
      assert.equal(await statusOf('/login', email, password), 200)
      for (const other of [
        `${password.slice(0, -1)}#`,
        password.slice(0, -1),
        password.toUpperCase(),
        ` ${password}`,
      ]) {
        assert.notEqual(await statusOf('/login', email, other), 200)
      }
    }
    assert.equal(await statusOf('/register', freshEmail(), longPassword(4097)), 400)
  })

  it('is none of the common ones, at a registration and at a change', async () => {
    const { email, token } = await registered(server)
    const commonest = dictionary['passwords-common'].filter((password) => [...password].length >= 8).slice(0, 3000)
    for (const common of commonest.filter((_, index) => index % 150 === 0)) {
      const registration = await server.post('/register', { email: freshEmail(), password: common })
      assert.equal(registration.body.errors[0].pointer, '/password')
      const json = { currentPassword: PASSWORD, newPassword: common }
      const change = await server.send('PUT', '/userdetails/password', { token, json })
      assert.equal(change.body.errors[0].pointer, '/newPassword')
    }
    assert.equal(await statusOf('/login', email, PASSWORD), 200)
  })

  it('is none of what whoever attacks the account knows, at a change', async () => {
    const email = `grace.hopper@${crypto.randomUUID()}.example.com`
    const { body } = await server.post('/register', { email, password: PASSWORD, name: 'Grace Brewster' })
    for (const newPassword of [email, 'grace.hopper', 'GraceBrewster', 'gatehouse1', 'Gatehouse']) {
      const json = { currentPassword: PASSWORD, newPassword }
      const answer = await server.send('PUT', '/userdetails/password', { token: body.token, json })
      assert.equal(answer.status, 400, newPassword)
    }
  })

  it('does not have to be changed with the years', async () => {
    const { email } = await registered(server)
    clock.offsetMs = 3 * YEAR_MS
    assert.equal(await statusOf('/login', email, PASSWORD), 200)
    clock.offsetMs = 0
  })

  it('is the only secret that people are asked for', async () => {
    const { body } = await server.get('/openapi.json')
    const asked = new Set<string>()
    JSON.stringify(body.paths, (_key, value) => {
      for (const name of Object.keys(value?.requestBody?.content?.['application/json']?.schema?.properties ?? {})) {
        asked.add(name)
      }
      return value
    })
    const known = ['cookie', 'currentPassword', 'description', 'email', 'name', 'newPassword', 'password', 'status']
    assert.deepEqual([...asked].toSorted(), [...known, 'refreshToken'].toSorted())
  })
})
