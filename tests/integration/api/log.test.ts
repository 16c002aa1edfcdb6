import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()

describe('the log', () => {
  it('has one line a request: who, which route, what came of it', async () => {
    const { id, token } = await registered(server)
    const from = server.logLines.length
    await server.get(`/users/${id}/roles`, token)
    await server.get('/nowhere')
    const [forbidden, unknown] = server.logLines.slice(from).map((line) => JSON.parse(line))
    assert.equal(server.logLines.length, from + 2)
    assert.equal(forbidden.route, '/users/:id/roles')
    assert.equal(forbidden.method, 'GET')
    assert.equal(forbidden.status, 403)
    assert.equal(forbidden.userId, id)
    assert.match(forbidden.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.ok(forbidden.ms >= 0)
    assert.equal(unknown.route, null)
  })

  it('holds no password, token, email or query', async () => {
    const { email, token } = await registered(server)
    const login = await server.post('/login', { email, password: PASSWORD, cookie: true })
    await server.post('/login', { email, password: `${PASSWORD} not` })
    await server.get('/moviedata?q=a-secret-search', token)
    await server.get(`/userdetails?token=${token}`)
    await server.send('GET', '/userdetails', {
      headers: { cookie: 'a=a-secret-cookie', authorization: 'Basic c2VjcmV0' },
    })
    const all = server.logLines.join('')
    const cookie = /__Host-refresh=([\w-]+)/.exec(login.headers.get('set-cookie') ?? '')?.[1] ?? 'missing'
    for (const secret of [PASSWORD, email, token, cookie, 'a-secret-search', 'a-secret-cookie', 'c2VjcmV0']) {
      assert.ok(!all.includes(secret), secret)
    }
  })

  it('never lets a client write a second line', async () => {
    const from = server.logLines.length
    await server.raw(
      'GET /x%0a%22injected HTTP/1.1\nHost: x\nX-Request-Id: a\\u000ab\nUser-Agent: "\\n{}\nConnection: close\n\n',
    )
    const lines = server.logLines.slice(from)
    assert.equal(lines.length, 1)
    for (const line of lines) assert.match(line, /^\{.*\}\n$/)
  })
})
