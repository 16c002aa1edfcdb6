import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { z } from 'zod'
import type { Answer } from '../../../src/http/route.ts'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const contracts = server.routes.map(({ contract }) => contract)
const namesOf = (shape?: z.ZodType) => (shape instanceof z.ZodObject ? Object.keys(shape.shape) : [])

describe('what is not there', () => {
  for (const path of [
    '/.git/HEAD',
    '/.gitignore',
    '/.env',
    '/.npmrc',
    '/package.json',
    '/package-lock.json',
    '/src/app.ts',
    '/seeders/data/movies.json',
    '/node_modules/',
    '/data/app-secret',
    '/migrations/',
    '/index.html',
    '/robots.txt~',
    '/metrics',
    '/docs/',
    '/docs/package.json',
    '/docs/docs.html',
    '/docs/swagger-ui-bundle.js.map',
    '/docs/../package.json',
    '/docs/..%2f..%2fpackage.json',
    '/docs/%2e%2e/%2e%2e/package.json',
    '/docs/docs.css%00.js',
    '/docs/docs.css/',
    '/docs/DOCS.CSS',
    '/docs//docs.css',
    '/debug',
    '/server-status',
    '/actuator/env',
  ]) {
    it(`is ${path}, for anybody`, async () => {
      assert.equal((await server.get(path)).status, 404)
      assert.equal((await server.get(path, admin.token)).status, 404)
    })
  }

  it('is an echo: TRACE and TRACK are refused everywhere', async () => {
    for (const path of ['/', '/login', '/userdetails', '/verify', '/nothing']) {
      const answer = await server.raw(`TRACE ${path} HTTP/1.1\nHost: x\nX-Echo: whisper\nConnection: close\n\n`)
      assert.match(answer, /^HTTP\/1\.1 40[0145] /, path)
      assert.doesNotMatch(answer, /whisper/)
    }
    // Node knows no TRACK, so it is no request at all.
    assert.match(await server.raw('TRACK / HTTP/1.1\nHost: x\nConnection: close\n\n'), /^HTTP\/1\.1 400 /)
  })

  it('is a name of what it is made of', async () => {
    const answers = await Promise.all([
      server.raw('GET / HTTP/1.1\nHost: x\nConnection: close\n\n'),
      server.raw('GET /nothing HTTP/1.1\nHost: x\nConnection: close\n\n'),
      server.raw(
        'POST /login HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 1\nConnection: close\n\n{',
      ),
      server.raw('HELLO\n\n'),
    ])
    for (const answer of answers) {
      assert.doesNotMatch(answer, /express|node|sequelize|postgres|zod|body-parser|x-powered-by|\nserver:|\.ts\b/i)
    }
  })
})

describe('every route', () => {
  /** 304 is not one. A browser that opens the very address of the service is sent to its page. */
  it('redirects nobody', () => {
    const redirecting = contracts.flatMap(({ path, answers }) =>
      Object.keys(answers)
        .filter((status) => status.startsWith('3') && status !== '304')
        .map((status) => `${path} ${status}`),
    )
    assert.deepEqual(redirecting, ['/ 303'])
  })

  it('takes no secret in its path or its query', () => {
    const names = contracts.flatMap(({ params, query }) => [...namesOf(params), ...namesOf(query)])
    assert.ok(names.includes('q'))
    for (const name of names) assert.doesNotMatch(name, /token|password|secret|key|session/i)
  })

  it('gives tokens to whoever registers, logs in or refreshes, and to nobody else', () => {
    const gives = ({ body }: Answer) => namesOf(body).some((name) => ['token', 'refreshToken'].includes(name))
    const giving = contracts.filter(({ answers }) => Object.values(answers).some(gives)).map(({ path }) => path)
    assert.deepEqual(giving.toSorted(), ['/login', '/refresh', '/register'])
  })

  it('changes nothing by GET, HEAD or OPTIONS', async () => {
    const { id } = await registered(server)
    const before = await fingerprint()
    for (const { path } of contracts) {
      const filled = path.replace(':id/roles/:role', `${id}/roles/user`).replace(':id', id).replace(':name', 'user')
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        await server.send(method, filled.replace('*path', 'x'), { token: admin.token })
      }
    }
    assert.equal(await fingerprint(), before)
  })
})

/** Of all that is stored of people and of what they may do. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const table of ['users', 'user_roles', 'roles', 'sessions', 'revocations', 'signing_keys']) {
    const [row] = await server.database.query(`SELECT string_agg(t::text, ',' ORDER BY t::text) AS all FROM ${table} t`)
    hash.update(`${table} ${row?.all}`)
  }
  const [events] = await server.database.query('SELECT count(*) FROM audit_events')
  return hash.update(events?.count).digest('hex')
}
