import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const server = await serverOfThisFile()
const user = await registered(server)

describe('what goes wrong', () => {
  describe('with paths', () => {
    for (const path of [
      '/nothing',
      '/USERDETAILS',
      '/userdetails/',
      '//userdetails',
      '/%75serdetails',
      '/.git/config',
    ]) {
      it(`knows no ${path}`, async () => {
        const { status, body } = await server.get(path, user.token)
        assert.equal(status, 404)
        assert.equal(body.code, 'not_found')
      })
    }

    for (const path of ['/%', '/%ff', '/moviedata/%E0%A4%A', '/nothing/%ZZ']) {
      it(`cannot read ${path}`, async () => {
        assert.equal((await server.get(path)).body.code, 'invalid_request')
      })
    }

    it('answers every other method of every known path with 405 and Allow', async () => {
      const someMethods = server.routes.filter(({ contract }) => contract.method !== 'any')
      const paths = new Set(someMethods.map(({ contract }) => contract.path))
      for (const path of paths) {
        const known = server.routes.filter(({ contract }) => contract.path === path)
        const methods = known.map(({ contract }) => contract.method.toUpperCase())
        const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ')
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
          if (methods.includes(method)) continue
          const answer = await server.send(method, path.replaceAll(/:\w+/g, 'x'))
          assert.equal(answer.status, 405, `${method} ${path}`)
          assert.equal(answer.headers.get('allow'), allow)
        }
      }
    })

    it('answers HEAD where GET is, without a body', async () => {
      assert.equal((await server.send('HEAD', '/healthz')).status, 200)
      assert.equal((await server.send('HEAD', '/userdetails', { token: user.token })).status, 200)
      assert.equal((await server.send('HEAD', '/userdetails')).status, 401)
      assert.equal((await server.send('HEAD', '/login')).status, 405)
    })
  })

  describe('the request id', () => {
    const idFor = async (sent: string) =>
      (await server.send('GET', '/healthz', { headers: { 'x-request-id': sent } })).headers.get('x-request-id')

    it('is kept where it is harmless', async () => {
      assert.equal(await idFor('abc.DEF_1-2'), 'abc.DEF_1-2')
      assert.equal(await idFor('x'.repeat(64)), 'x'.repeat(64))
    })

    it('is made anew where it is not', async () => {
      for (const sent of ['', 'x'.repeat(65), 'a b', 'a"b', '{}', 'é']) assert.match((await idFor(sent)) ?? '', UUID_V7)
    })
  })

  it('sets headers that keep an answer from being a page or being kept', async () => {
    for (const path of ['/healthz', '/nothing', '/userdetails']) {
      const { headers } = await server.get(path)
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'/)
    }
  })
})
