import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../src/infrastructure/embedded-postgres/free-port.ts'
import { type Account, claimsOf, loggedInAdmin, registered } from '../../support/accounts.ts'
import {
  caddy,
  type Gateway,
  type GatewayProgram,
  haproxy,
  missing,
  nginx,
  type Seen,
  type SentRequest,
  type Service,
  startGateway,
  startService,
} from '../../support/gateway.ts'
import { eventually } from '../../support/server-process.ts'
import { PASSWORD, serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const user = await registered(server)

const IDENTITY = ['x-user-id', 'x-user-email', 'x-user-roles', 'x-session-id']

const bearer = ({ token }: Account): [string, string] => ['Authorization', `Bearer ${token}`]

describe('gateways', { concurrency: true }, () => {
  for (const program of [nginx, caddy, haproxy]) describeGateway(program)
})

function describeGateway(program: GatewayProgram): void {
  const skip = missing(program)
  if (skip) {
    // Not on the suite: the runner does not count a suite that is skipped.
    it(`${program.name} before a service`, { skip })
    return
  }
  describe(`${program.name} before a service`, { concurrency: 1 }, () => {
    let gateway: Gateway
    let app: Service
    before(async () => {
      app = await startService()
      gateway = await startGateway(program, { gatehousePort: server.port, upstreamPort: app.port })
    })
    after(async () => {
      await gateway?.[Symbol.asyncDispose]()
      await app?.[Symbol.asyncDispose]()
    })

    /** The answer, and what the service behind got. */
    async function send(request: SentRequest) {
      const before = app.seen.length
      const answer = await gateway.send(request)
      return { ...answer, passed: app.seen.slice(before) }
    }

    async function passed(request: SentRequest): Promise<Seen> {
      const { status, passed } = await send(request)
      assert.equal(status, 200)
      assert.equal(passed.length, 1)
      return passed[0] as Seen
    }

    /** The status of what must not get through. */
    async function refused(request: SentRequest): Promise<number> {
      const { status, passed } = await send(request)
      assert.deepEqual(passed, [], `${request.method} ${request.path} got through`)
      assert.ok(status >= 400, String(status))
      return status
    }

    const identityOf = (account: Account, roles: string) => [
      ['x-session-id', String(claimsOf(account.token).sid)],
      ['x-user-email', account.email],
      ['x-user-id', account.id],
      ['x-user-roles', roles],
    ]

    it('tells the service who calls', async () => {
      const seen = await passed({ path: '/films?q=1', headers: [bearer(user)] })
      assert.deepEqual(identityIn(seen), identityOf(user, 'user'))
      assert.equal(seen.url, '/films?q=1')
    })

    it('passes method, body and every other header', async () => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const body = 'a body, 世界 '.repeat(5_000)
        const headers: [string, string][] = [bearer(user), ['Content-Type', 'text/plain'], ['X-Other', 'kept']]
        const seen = await passed({ method, path: '/films', headers, body })
        assert.deepEqual([seen.method, seen.body], [method, body])
        assert.equal(valuesOf(seen, 'x-other')[0], 'kept')
        assert.equal(valuesOf(seen, 'content-type')[0], 'text/plain')
      }
    })

    it('passes the refusal of Gatehouse to whoever is not signed in', async () => {
      const { status, headers, text, passed } = await send({ path: '/films' })
      assert.equal(status, 401)
      assert.deepEqual(passed, [])
      assert.equal(headers['www-authenticate'], 'Bearer')
      if (program !== nginx) assert.equal(JSON.parse(text).code, 'unauthenticated')

      const bad = await send({ path: '/films', headers: [['Authorization', 'Bearer x.y.z']] })
      assert.equal(bad.status, 401)
      assert.deepEqual(bad.passed, [])
      assert.equal(bad.headers['www-authenticate'], 'Bearer error="invalid_token"')
    })

    it('lets in by the role of the location', async () => {
      for (const path of ['/admin', '/admin/', '/admin/films?role=user']) {
        assert.deepEqual(identityIn(await passed({ path, headers: [bearer(admin)] })), identityOf(admin, 'admin,user'))
        const { status, headers, text, passed: got } = await send({ path, headers: [bearer(user)] })
        assert.equal(status, 403)
        assert.deepEqual(got, [])
        assert.equal(headers['www-authenticate'], 'Bearer error="insufficient_scope"')
        if (program !== nginx) assert.equal(JSON.parse(text).code, 'forbidden')
        assert.equal(await refused({ path }), 401)
      }
    })

    it('leaves the open location open, and says of nobody who it is', async () => {
      assert.deepEqual(identityIn(await passed({ path: '/public/logo.png' })), [])
      assert.deepEqual(identityIn(await passed({ path: '/public/logo.png', headers: [bearer(user)] })), [])
    })

    it('lets nobody choose the role by a query of their own', async () => {
      for (const query of ['role=user', 'role=user&role=admin', 'role=nobody', 'x=%zz&role=user', '?role=user']) {
        assert.equal(await refused({ path: `/admin/?${query}`, headers: [bearer(user)] }), 403)
        assert.equal((await passed({ path: `/films?${query}`, headers: [bearer(user)] })).method, 'GET')
      }
    })

    it('lets no spelling of a path past its rule', async () => {
      const spellings = [
        '/public/../admin/',
        '/public/%2e%2e/admin/',
        '/public/.%2E/admin/',
        '/public/..%2fadmin/',
        '/public%2f..%2fadmin/',
        '/public/%252e%252e/admin/',
        '/public/..;/admin/',
        '/public/..\\admin/',
        '/public/..%5cadmin/',
        '/public/./../admin/',
        '/public//../admin/',
        '/public/#/../../admin/',
        '//admin/',
        '///admin/',
        '/./admin/',
        '/%2fadmin/',
        '/%61dmin/',
        '/%41dmin/',
        '/ADMIN/',
        '/Admin',
        '/admin;x=y/',
        '/admin%2fusers',
        '/admin%3b/',
        '/admin/..',
        '/films/../admin',
        `http://127.0.0.1:${gateway.port}/admin/`,
        `http://127.0.0.1:${gateway.port}//admin/`,
      ]
      for (const path of spellings) {
        assert.ok([400, 403].includes(await refused({ path, headers: [bearer(user)] })), path)
        assert.ok([400, 401].includes(await refused({ path })), path)
      }
      for (const path of ['/%61dmin/', '/ADMIN/']) await passed({ path, headers: [bearer(admin)] })
      for (const path of ['/administration', '/a.b/c..d', '/caf%C3%A9', '/x?next=/../admin//']) {
        assert.equal((await passed({ path, headers: [bearer(user)] })).url, path)
      }
    })

    it('passes no header in which a client says who it is', async () => {
      for (const spelling of spellings()) {
        const claim: [string, string][] = [
          [spelling, 'forged'],
          [spelling, 'twice'],
        ]
        assert.deepEqual(identityIn(await passed({ path: '/public/x', headers: claim })), [], spelling)
        const seen = await passed({ path: '/films', headers: [...claim, bearer(user)] })
        assert.deepEqual(identityIn(seen), identityOf(user, 'user'), spelling)
        assert.equal(await refused({ path: '/films', headers: claim }), 401)
        assert.equal(await refused({ path: '/admin/', headers: [...claim, bearer(user)] }), 403)
      }
    })

    it('lets no Connection header take the identity away', async () => {
      const named: [string, string][] = [
        ['Connection', 'X-User-Id, x-user-email, close'],
        ['Connection', 'X-User-Roles'],
        ['Keep-Alive', 'X-Session-Id'],
        ['Proxy-Connection', 'X-Session-Id'],
        ['TE', 'X-Session-Id'],
      ]
      const seen = await passed({ path: '/films', headers: [bearer(user), ...named] })
      assert.deepEqual(identityIn(seen), identityOf(user, 'user'))
      const token: [string, string] = ['Connection', 'Authorization']
      assert.deepEqual(
        identityIn(await passed({ path: '/films', headers: [bearer(user), token] })),
        identityOf(user, 'user'),
      )
    })

    it('refuses two Authorization headers', async () => {
      for (const path of ['/films', '/admin/']) {
        for (const second of [bearer(admin), bearer(user), ['authorization', 'Basic eDp5'] as [string, string]]) {
          assert.ok([400, 401].includes(await refused({ path, headers: [bearer(admin), second] })))
        }
      }
    })

    it('says itself where a request came from', async () => {
      const headers: [string, string][] = [
        ['X-Forwarded-For', '192.0.2.1'],
        ['X-Forwarded-Proto', 'https'],
        ['X-Forwarded-Host', 'forged.example'],
        ['X_Forwarded_For', '192.0.2.1'],
        ['X-Real-IP', '192.0.2.1'],
        ['Forwarded', 'for=192.0.2.1'],
      ]
      for (const path of ['/films', '/public/x']) {
        const seen = await passed({ path, headers: [bearer(user), ...headers] })
        assert.deepEqual(valuesOf(seen, 'x-forwarded-for'), ['127.0.0.1'])
        assert.deepEqual(valuesOf(seen, 'x-forwarded-proto'), ['http'])
        assert.deepEqual(valuesOf(seen, 'x-forwarded-host'), [`127.0.0.1:${gateway.port}`])
        assert.doesNotMatch(JSON.stringify(seen.headers), /192\.0\.2\.1|forged/)
      }
    })

    it('lets WebSockets pass, and no other protocol', async () => {
      const upgrade = (...protocols: string[]): [string, string][] => [
        bearer(user),
        ['Connection', 'Upgrade'],
        ...protocols.map((protocol): [string, string] => ['Upgrade', protocol]),
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
        ['Sec-WebSocket-Version', '13'],
      ]
      const socket = await passed({ path: '/films', headers: upgrade('websocket') })
      assert.deepEqual(valuesOf(socket, 'upgrade'), ['websocket'])
      assert.match(valuesOf(socket, 'connection').join(), /^upgrade$/i)
      for (const others of [['h2c'], ['h2c, websocket'], ['h2c', 'websocket'], ['websocket', 'h2c'], ['TLS/1.0']]) {
        const { passed } = await send({ path: '/films', headers: upgrade(...others) })
        for (const seen of passed) assert.doesNotMatch(valuesOf(seen, 'upgrade').join(), /h2c|TLS/)
      }
    })

    it('takes an email that is not ASCII as UTF-8', async () => {
      const email = `josé-${program.name}@example.com`
      const { body } = await server.post('/register', { email, password: PASSWORD })
      const seen = await passed({ path: '/films', headers: [['Authorization', `Bearer ${body.token}`]] })
      assert.deepEqual(valuesOf(seen, 'x-user-email').map(fromLatin1), [email])
    })

    it('refuses at once whoever lost the role or the session', async () => {
      const account = await registered(server)
      const status = async (path: string) => (await gateway.send({ path, headers: [bearer(account)] })).status
      const grant = (method: string) => server.send(method, `/users/${account.id}/roles/admin`, { token: admin.token })
      await grant('PUT')
      await eventually(async () => (await status('/admin/')) === 200, 'the grant counts', 2)
      await grant('DELETE')
      await eventually(async () => (await status('/admin/')) === 403, 'the taking counts', 2)
      assert.equal(await status('/films'), 200)
      await server.send('POST', '/logout', { token: account.token })
      await eventually(async () => (await status('/films')) === 401, 'the logout counts', 2)
    })

    /** The statuses of the protected locations, of which none may let through; the open one must. */
    async function refusedWith(gatehousePort: number): Promise<number[]> {
      await using gateway = await startGateway(program, { gatehousePort, upstreamPort: app.port })
      const headers = [bearer(admin)]
      const before = app.seen.length
      const answers = await Promise.all(['/films', '/admin/'].map((path) => gateway.send({ path, headers })))
      assert.equal(app.seen.length, before)
      assert.equal((await gateway.send({ path: '/public/x' })).status, 200)
      return answers.map(({ status }) => status)
    }

    it('denies when Gatehouse cannot be reached', async () => {
      for (const status of await refusedWith(await freePort())) assert.ok(status >= 500)
    })

    it('denies when Gatehouse stops', async () => {
      const other = await startTestServer()
      const account = await registered(other)
      await using gateway = await startGateway(program, { gatehousePort: other.port, upstreamPort: app.port })
      const ask = () => gateway.send({ path: '/films', headers: [bearer(account)] })
      assert.equal((await ask()).status, 200)
      await other[Symbol.asyncDispose]()
      assert.ok((await ask()).status >= 500)
    })

    it('denies within seconds when Gatehouse hangs', async () => {
      await using silent = await startSilence()
      const startedAt = Date.now()
      for (const status of await refusedWith(silent.port)) assert.ok(status >= 500)
      assert.ok(Date.now() - startedAt < 5_000)
    })

    it('denies when what answers is not Gatehouse, or is in trouble', async () => {
      for (const status of [301, 400, 404, 500, 503]) {
        await using other = await startService(status, { location: '/elsewhere', 'x-user-id': 'forged' })
        for (const answered of await refusedWith(other.port)) assert.ok(answered >= 300, `${status}: ${answered}`)
      }
    })

    it('sends Gatehouse the token, and nothing of the body, the query or the cookies', async () => {
      await using gatehouse = await startService(204, { 'x-user-id': 'someone' })
      await using gateway = await startGateway(program, { gatehousePort: gatehouse.port, upstreamPort: app.port })
      const headers: [string, string][] = [bearer(user), ['Cookie', 'a=b'], ['X-User-Id', 'forged']]
      await gateway.send({ method: 'POST', path: '/films?role=x', headers, body: 'a body' })
      await gateway.send({ method: 'DELETE', path: '/admin/?role=x', headers })
      assert.deepEqual(
        gatehouse.seen.map(({ url }) => url.replace(/\?$/, '')),
        ['/verify', '/verify?role=admin'],
      )
      for (const seen of gatehouse.seen) {
        assert.equal(seen.body, '')
        assert.deepEqual(valuesOf(seen, 'authorization'), [bearer(user)[1]])
        assert.deepEqual([...valuesOf(seen, 'cookie'), ...valuesOf(seen, 'x-user-id')], [])
      }
    })

    it('keeps its connections to Gatehouse open', async () => {
      let connections = 0
      await using gatehouse = await startService(204)
      gatehouse.server.on('connection', () => {
        connections += 1
      })
      await using gateway = await startGateway(program, { gatehousePort: gatehouse.port, upstreamPort: app.port })
      for (let round = 0; round < 20; round++) await gateway.send({ path: '/films', headers: [bearer(user)] })
      assert.equal(gatehouse.seen.length, 20)
      assert.ok(connections <= 4, `${connections} connections`)
    })
  })
}

/** Accepts, and never answers. */
async function startSilence() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close }

  async function close(): Promise<void> {
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  }
}

/** What a service would take for the caller's identity, however it is spelled; sorted. */
function identityIn({ headers }: Seen): [string, string][] {
  const found = headers.filter(([name]) => IDENTITY.includes(name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')))
  return found.map(([name, value]): [string, string] => [name.toLowerCase(), value]).sort()
}

const valuesOf = ({ headers }: Seen, wanted: string): string[] =>
  headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)

/** Each header of the identity with each of -, _ and . in each place, in three cases. */
function spellings(): string[] {
  const separated = IDENTITY.flatMap((name) => {
    const [first = '', second = '', third = ''] = name.split('-')
    return ['-', '_', '.'].flatMap((one) => ['-', '_', '.'].map((two) => first + one + second + two + third))
  })
  const titled = (name: string) => name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())
  return separated.flatMap((name) => [name, name.toUpperCase(), titled(name)])
}

const fromLatin1 = (text: string): string => Buffer.from(text, 'latin1').toString()
