import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { PASSWORD, startTestServer, type TestServer } from '../../support/test-server.ts'

/** What a stack, a library, a query or a path of ours would show by. */
const INSIDE = new RegExp(
  [
    ...[
      'stack',
      'node_modules',
      'node:',
      'file:',
      '\\bat \\S+ \\(',
      '\\.[cm]?[jt]s\\b',
      process.cwd(),
      '/usr/',
      '/home/',
    ],
    ...[
      '\\w+Error\\b',
      'Error:',
      'Exception',
      'undefined',
      '\\[object',
      'JSON at position',
      'Unexpected',
      'is not valid JSON',
    ],
    ...['express', 'sequelize', 'body-parser', 'raw-body', 'zod', 'morgan', 'pino', 'helmet', 'jsonwebtoken', 'bcrypt'],
    ...['postgres', 'SELECT ', 'INSERT ', 'relation', 'constraint', 'column', 'syntax', 'SQLSTATE', 'HPE_', 'llhttp'],
  ].join('|'),
  'i',
)

/** Requests that go wrong in as many places as there are. */
async function wrong(server: TestServer): Promise<string[]> {
  const admin = await loggedInAdmin(server)
  const user = await registered(server)
  const { send, get, post } = server
  const json = (body: string) => send('POST', '/login', { body, headers: { 'content-type': 'application/json' } })
  await server.database.query('ALTER TABLE movies RENAME TO films')
  const internal = [await get('/moviedata', user.token), await get(`/moviedata/${crypto.randomUUID()}`, user.token)]
  await server.database.query('ALTER TABLE films RENAME TO movies')
  await server.database.query('ALTER TABLE users ADD CONSTRAINT no_more CHECK (name IS NULL) NOT VALID')
  internal.push(await send('PATCH', '/userdetails', { token: user.token, json: { name: 'Ada' } }))
  await server.database.query('ALTER TABLE users DROP CONSTRAINT no_more')
  assert.deepEqual(
    internal.map(({ status }) => status),
    [500, 500, 500],
  )
  const answers = [
    ...internal,
    ...(await Promise.all(
      ['{', '{"email":1e400}', '\ufeff{}', '[]', '{"a":1,"a":2}', '{"\\ud800":"\\u0000"}'].map(json),
    )),
    await send('POST', '/login', { body: Buffer.from([0x22, 0xff]), headers: { 'content-type': 'application/json' } }),
    await send('POST', '/login', { body: '{}', headers: { 'content-type': 'application/json; charset=utf-7' } }),
    await send('POST', '/login', {
      body: 'x',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    }),
    await send('POST', '/login', { body: 'x'.repeat(20_000) }),
    await post('/login', { email: user.email, password: 'wrong' }),
    await post('/login', { email: { $ne: null }, password: ['x'] }),
    await post('/register', { email: user.email, password: PASSWORD }),
    await post('/refresh', { refreshToken: 'x'.repeat(88) }),
    await post('/roles', { name: 'admin' }, admin.token),
    await send('DELETE', '/roles/admin', { token: admin.token }),
    await send('DELETE', `/users/${admin.id}`, { token: admin.token }),
    ...(await Promise.all(
      [
        '/nothing',
        '/%ff',
        '/moviedata//',
        '/users/x',
        '/moviedata?cursor=x',
        '/moviedata?limit=x&x',
        '/audit?since=x',
      ].map((path) => get(path, admin.token)),
    )),
    ...(await Promise.all(['/userdetails', '/users', '/verify'].map((path) => get(path, `${user.token}x`)))),
    await get('/users', user.token),
    await send('OPTIONS', '/login'),
    await get('/verify?role=admin', user.token),
  ]
  const raw = ['HELLO\r\n\r\n', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', 'GET * HTTP/1.1\r\nHost: x\r\n\r\n']
  const parsed = (await Promise.all(raw.map((bytes) => answersTo(server.port, bytes)))).flat()
  assert.ok(answers.every(({ status }) => status >= 400))
  const shown = ({ headers }: { headers: Headers }) => JSON.stringify([...headers])
  return [
    ...answers.map((answer) => answer.text + shown(answer)),
    ...parsed.map((answer) => answer.body + shown(answer)),
  ]
}

describe('no answer tells about the inside', () => {
  for (const environment of [undefined, 'production', 'development']) {
    it(`with NODE_ENV ${environment ?? 'unset'}`, async () => {
      const before = process.env.NODE_ENV
      try {
        // Express and what it loads look here, and not at what the server was configured with.
        if (environment === undefined) delete process.env.NODE_ENV
        else process.env.NODE_ENV = environment
        await using server = await startTestServer()
        for (const text of await wrong(server)) assert.doesNotMatch(text, INSIDE)
      } finally {
        if (before === undefined) delete process.env.NODE_ENV
        else process.env.NODE_ENV = before
      }
    })
  }
})
