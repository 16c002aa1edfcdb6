import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { stored } from '../../support/stored.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const user = await registered(server)

const contracts = server.routes.map(({ contract }) => contract).filter(({ method }) => method !== 'any')
const paths = [...new Set(contracts.map(({ path }) => path))]
const asked = (path: string) => path.replace(':id', user.id).replace(':role', 'user').replace(':name', 'user')

/** The one answer to a request that an administrator sends, as bytes. */
async function ask(method: string, path: string, headers = '') {
  const own = `Host: x\r\nAuthorization: Bearer ${admin.token}\r\nConnection: close\r\n`
  const [answer, ...more] = await answersTo(server.port, `${method} ${path} HTTP/1.1\r\n${own}${headers}\r\n`)
  assert.ok(answer)
  assert.equal(more.length, 0)
  return answer
}

describe('a method that a path does not have', () => {
  for (const method of [
    'TRACE',
    'OPTIONS',
    'PROPFIND',
    'MKCOL',
    'COPY',
    'LOCK',
    'SEARCH',
    'PURGE',
    'QUERY',
    'M-SEARCH',
  ]) {
    it(`runs nothing: ${method}`, async () => {
      const before = await stored(server)
      for (const path of paths) {
        const { status, headers, body } = await ask(method, asked(path), 'X-Echo: do not say this\r\n')
        assert.equal(status, 405, path)
        assert.ok(headers.get('allow'), path)
        assert.equal(JSON.parse(body).code, 'method_not_allowed')
        assert.doesNotMatch(body, /do not say this/)
      }
      assert.equal((await ask(method, '/nothing')).status, 404)
      assert.deepEqual(await stored(server), before)
    })
  }

  it('runs nothing: CONNECT, to a path or to another host', async () => {
    for (const target of [...paths.map(asked), 'example.com:443', '127.0.0.1:5432', '/verify', '*']) {
      assert.equal((await ask('CONNECT', target)).status, 400, target)
    }
  })

  for (const method of [
    'get',
    'Get',
    'gET',
    'DELETE_',
    'GETGET',
    'XYZZY',
    'G\u00cbT',
    '"GET"',
    'GET,POST',
    'A'.repeat(200),
  ]) {
    it(`is none: ${method.slice(0, 20)}`, async () => {
      for (const path of ['/userdetails', '/verify']) assert.equal((await ask(method, path)).status, 400)
    })
  }

  for (const name of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', 'X-Original-Method']) {
    it(`is not taken from ${name}`, async () => {
      const { token } = await registered(server)
      const send = (method: string, path: string, value: string) =>
        server.send(method, path, { token, headers: { [name]: value } })
      assert.equal((await send('POST', '/userdetails', 'DELETE')).body.user.roles[0], 'user')
      assert.ok((await send('GET', '/sessions', 'DELETE')).body.items.length > 0)
      assert.equal((await send('GET', '/logout', 'POST')).status, 405)
      assert.equal((await send('POST', '/sessions', 'GET')).status, 405)
      assert.equal((await server.get('/userdetails', token)).status, 200)
    })
  }
})

describe('HEAD', () => {
  const readable = contracts.filter(({ method }) => method === 'get')

  it('answers as GET does, without a body, and changes nothing', async () => {
    const before = await stored(server)
    for (const { path } of readable) {
      const get = await ask('GET', asked(path))
      const head = await ask('HEAD', asked(path))
      assert.deepEqual([head.status, head.body], [get.status, ''], path)
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'), path)
    }
    assert.deepEqual(await stored(server), before)
  })

  it('is refused where there is no GET', async () => {
    for (const path of paths.filter((path) => !readable.some((contract) => contract.path === path))) {
      assert.equal((await ask('HEAD', asked(path))).status, 405, path)
    }
  })
})
