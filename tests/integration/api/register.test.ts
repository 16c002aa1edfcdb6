import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimsOf, freshEmail, registered } from '../../support/accounts.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()

describe('POST /register', () => {
  const register = (json: object) => server.post('/register', json)

  it('answers 201 with the account and its tokens', async () => {
    const email = freshEmail()
    const { status, body } = await register({ email, password: PASSWORD, name: ' Ada ' })
    assert.equal(status, 201)
    assert.equal(body.message, 'Registration successful')
    assert.deepEqual(
      { ...body.user, id: null, createdAt: null, updatedAt: null },
      {
        id: null,
        email,
        name: 'Ada',
        roles: ['user'],
        status: 'active',
        emailVerified: false,
        createdAt: null,
        updatedAt: null,
      },
    )
    assert.equal(body.tokenType, 'Bearer')
    assert.equal(body.expiresIn, 900)
    assert.match(body.refreshToken, /^[\w-]{88}$/)
    assert.equal((await server.get('/userdetails', body.token)).status, 200)
  })

  it('stores the user, its role and its session, and no secret in clear', async () => {
    const { id, token } = await registered(server)
    const [row] = await server.database.query('SELECT * FROM users WHERE id = $1', [id])
    const roles = await server.database.query('SELECT role FROM user_roles WHERE user_id = $1', [id])
    const [session] = await server.database.query('SELECT * FROM sessions WHERE user_id = $1', [id])
    assert.match(row?.password_hash, /^\$2b\$04\$/)
    assert.deepEqual(roles, [{ role: 'user' }])
    assert.equal(session?.id, claimsOf(token).sid)
    assert.equal(session?.refresh_hash.length, 32)
    assert.equal(session?.ip, '127.0.0.1')
  })

  it('takes two spellings of an address for one', async () => {
    const email = freshEmail()
    assert.equal((await register({ email: `  ${email.toUpperCase()} `, password: PASSWORD })).body.user.email, email)
    const again = await register({ email: email.replace('example', 'ｅxample'), password: PASSWORD })
    assert.equal(again.status, 409)
    assert.equal(again.body.code, 'email_taken')
  })

  it('makes one account of 50 registrations at once', async () => {
    const email = freshEmail()
    const answers = await Promise.all(Array.from({ length: 50 }, () => register({ email, password: PASSWORD })))
    const statuses = answers.map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 201).length, 1)
    assert.equal(statuses.filter((status) => status === 409).length, 49)
    const rows = await server.database.query(
      'SELECT role FROM users JOIN user_roles ON user_id = users.id WHERE email = $1',
      [email],
    )
    assert.deepEqual(rows, [{ role: 'user' }])
  })

  for (const [why, input, pointer] of [
    ['no email', { password: PASSWORD }, '/email'],
    ['no password', { email: 'a@example.com' }, '/password'],
    ['an email that is none', { email: 'ada', password: PASSWORD }, '/email'],
    ['an email that is a list', { email: ['a@example.com'], password: PASSWORD }, '/email'],
    ['an email that is an operator', { email: { $ne: null }, password: PASSWORD }, '/email'],
    ['an email with U+0000', { email: 'a\u0000@example.com', password: PASSWORD }, '/email'],
    ['an email with a line end in quotes', { email: '"a\r\nb"@example.com', password: PASSWORD }, '/email'],
    ['an email with a control character', { email: '"a\u0001b"@example.com', password: PASSWORD }, '/email'],
    ['an email with a character that does not show', { email: 'a\u200db@example.com', password: PASSWORD }, '/email'],
    ['an email of 300 characters', { email: `${'a'.repeat(290)}@example.com`, password: PASSWORD }, '/email'],
    ['a short password', { email: 'a@example.com', password: 'x7$kQ!z' }, '/password'],
    ['a common password', { email: 'a@example.com', password: 'password123' }, '/password'],
    ['the email as password', { email: 'grace.hopper@example.com', password: 'grace.hopper' }, '/password'],
    ["the service's name as password", { email: 'a@example.com', password: 'gatehouse2026' }, '/password'],
    ['a lone surrogate in the password', { email: 'a@example.com', password: `${PASSWORD}\ud800` }, '/password'],
    ['U+0000 in the password', { email: 'a@example.com', password: `${PASSWORD}\u0000` }, '/password'],
    ['a role of its own choice', { email: 'a@example.com', password: PASSWORD, roles: ['admin'] }, '/roles'],
    ['an id of its own choice', { email: 'a@example.com', password: PASSWORD, id: 'x' }, '/id'],
    ['a name that is a number', { email: 'a@example.com', password: PASSWORD, name: 7 }, '/name'],
  ] as const) {
    it(`refuses ${why}`, async () => {
      const { status, body } = await register(input)
      assert.equal(status, 400)
      assert.equal(body.code, 'invalid_request')
      assert.deepEqual(
        body.errors.map((error: { pointer: string }) => error.pointer),
        [pointer],
      )
    })
  }

  it('refuses keys that reach for the prototype', async () => {
    const body = `{"email":"p@example.com","password":"${PASSWORD}","__proto__":{"roles":["admin"]}}`
    const answer = await server.send('POST', '/register', { body, headers: { 'content-type': 'application/json' } })
    assert.equal(answer.status, 400)
  })

  it('says of every wrong field where it is', async () => {
    const { body } = await register({ email: 'ada', password: 5, extra: true })
    assert.deepEqual(body.errors.map((error: { pointer: string }) => error.pointer).sort(), [
      '/email',
      '/extra',
      '/password',
    ])
  })
})
