import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimsOf, freshEmail, registered } from '../../support/accounts.ts'
import { PASSWORD, serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const server = await serverOfThisFile()

describe('POST /login', () => {
  const login = (json: object) => server.post('/login', json)

  it('exchanges email and password for tokens of a new session', async () => {
    const { email, token } = await registered(server)
    const { status, body } = await login({ email: ` ${email.toUpperCase()}`, password: PASSWORD })
    assert.equal(status, 200)
    assert.equal(body.message, 'Login successful')
    assert.equal(body.user.email, email)
    assert.notEqual(body.token, token)
  })

  it('gives tokens and a session of its own each time', async () => {
    const user = await registered(server)
    const answers = [await login({ email: user.email, password: PASSWORD })]
    answers.push(await login({ email: user.email, password: PASSWORD }))
    const all = [user, ...answers.map(({ body }) => body)]
    assert.equal(new Set(all.map(({ token }) => token)).size, 3)
    assert.equal(new Set(all.map(({ refreshToken }) => refreshToken)).size, 3)
    assert.equal(new Set(all.map(({ token }) => claimsOf(token).sid)).size, 3)
  })

  it('answers alike for a wrong password, an unknown address and a disabled account', async () => {
    const { email, id } = await registered(server)
    const wrong = await login({ email, password: `${PASSWORD}!` })
    const unknown = await login({ email: freshEmail(), password: PASSWORD })
    await server.database.query("UPDATE users SET status = 'disabled' WHERE id = $1", [id])
    const disabled = await login({ email, password: PASSWORD })
    for (const answer of [wrong, unknown, disabled]) {
      assert.equal(answer.status, 401)
      assert.equal(answer.headers.get('www-authenticate'), null)
      assert.deepEqual({ ...answer.body, requestId: '' }, { ...wrong.body, requestId: '' })
      assert.deepEqual([...answer.headers.keys()], [...wrong.headers.keys()])
    }
    assert.equal(wrong.body.code, 'invalid_credentials')
  })

  it('sends the refresh token only as a cookie where that is asked for', async () => {
    const { email } = await registered(server)
    const { body, headers } = await login({ email, password: PASSWORD, cookie: true })
    assert.equal('refreshToken' in body, false)
    const [cookie = ''] = headers.getSetCookie()
    assert.match(cookie, /^__Host-refresh=[\w-]{88}; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    const inJson = await login({ email, password: PASSWORD, cookie: false })
    assert.doesNotMatch(inJson.headers.getSetCookie().join(), /__Host-refresh/)
  })

  describe('with passwords that bcrypt alone would confuse', () => {
    const accents = { composed: 'Zaun\u00e9rgarten7 zwei', decomposed: 'Zaune\u0301rgarten7 zwei' }
    const long = 'correct horse battery staple '.repeat(30)

    for (const [why, password, other] of [
      ['differ behind the 72nd byte', `${long}X`, `${long}Y`],
      ['are the beginning of another', long, long.slice(0, 72)],
      ['differ in the last of many emoji', `${'🐎🔋📎🧷'.repeat(6)}🐎`, `${'🐎🔋📎🧷'.repeat(6)}🔋`],
      ['differ in case', 'correct Horse battery', 'correct horse battery'],
      ['differ in a trailing space', 'correct horse battery ', 'correct horse battery'],
      ['differ behind the 4,000th character', `${'long '.repeat(819)}X`, `${'long '.repeat(819)}Y`],
      ['differ in the width of a letter', 'correct horse battery', '\uff43orrect horse battery'],
      ['differ in a letter and its look-alike', 'correct horse battery', 'c\u043errect horse battery'],
      ['differ in a sign that does not show', 'correct horse battery', 'correct\u200b horse battery'],
      ['have 72 bytes and 73', `${long.slice(0, 71)}z`, `${long.slice(0, 71)}zz`],
    ] as const) {
      it(`tells passwords apart that ${why}`, async () => {
        const email = freshEmail()
        assert.equal((await server.post('/register', { email, password })).status, 201)
        assert.equal((await login({ email, password })).status, 200)
        assert.equal((await login({ email, password: other })).status, 401)
      })
    }

    it('takes a composed and a decomposed accent for the same', async () => {
      const email = freshEmail()
      assert.equal((await server.post('/register', { email, password: accents.composed })).status, 201)
      assert.equal((await login({ email, password: accents.decomposed })).status, 200)
    })
  })

  it('knows no password that bcrypt would take for another: lone surrogates, and what cannot be stored', async () => {
    const email = freshEmail()
    const password = 'correct horse \ufffd battery'
    assert.equal((await server.post('/register', { email, password })).status, 201)
    for (const sign of ['\ud800', '\udfff', '\udc00\ud800', '\u0000']) {
      const { status, body } = await login({ email, password: password.replace('\ufffd', sign) })
      assert.deepEqual([status, body.errors?.[0].pointer], [400, '/password'])
    }
    assert.equal((await login({ email, password })).status, 200)
    assert.equal((await login({ email, password: `${password}\u0000` })).status, 400)
    assert.equal((await login({ email, password: 'x'.repeat(4097) })).status, 400)
  })

  it('replaces a hash of a lower cost, and only then', async () => {
    const { email, id } = await registered(server)
    const costOf = async () => {
      const [row] = await server.database.query('SELECT password_hash FROM users WHERE id = $1', [id])
      return row?.password_hash.slice(0, 7)
    }
    await using stronger = await startTestServer({ database: server.database, env: { BCRYPT_COST: '5' } })
    assert.equal((await stronger.post('/login', { email, password: PASSWORD })).status, 200)
    assert.equal(await costOf(), '$2b$05$')
    assert.equal((await login({ email, password: PASSWORD })).status, 200)
    assert.equal(await costOf(), '$2b$05$')
  })

  it('asks for nothing of a password but that it is one', async () => {
    assert.equal((await login({ email: freshEmail(), password: 'x' })).status, 401)
    assert.equal((await login({ email: freshEmail(), password: '' })).status, 400)
    assert.equal((await login({ email: freshEmail(), password: ['x'] })).status, 400)
    assert.equal((await login({ email: freshEmail(), password: 'x', cookie: 'yes' })).status, 400)
  })
})
