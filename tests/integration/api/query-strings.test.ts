import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RouteContract } from '../../../src/http/route.ts'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const user = await registered(server)

const contracts = server.routes.map(({ contract }) => contract)

/** A good value of each parameter. */
const good: Record<string, string> = {
  limit: '5',
  q: 'a',
  genre: 'Drama',
  year: '2000',
  sort: 'title',
  role: 'user',
  status: 'active',
  actor: user.id,
  subject: user.id,
  action: 'login',
  since: '2026-01-01T00:00:00Z',
  until: '2026-01-01T00:00:00Z',
  cursor: 'x',
}

async function ask({ method, path }: RouteContract, query: string) {
  const asked = path.replace(/:id/, user.id).replace(':role', 'user').replace(':name', 'user').replace('*path', 'x')
  return server.send(method === 'any' ? 'GET' : method.toUpperCase(), `${asked}?${query}`, { token: admin.token })
}

/** The pointers to what is wrong. */
async function refused(contract: RouteContract, query: string): Promise<string[]> {
  const { status, body } = await ask(contract, query)
  assert.equal(status, 400, `${contract.method} ${contract.path}?${query} → ${status}`)
  assert.equal(body.code, 'invalid_request')
  return body.errors.map(({ pointer }: { pointer: string }) => pointer)
}

describe('a query', () => {
  for (const contract of contracts) {
    const name = `${contract.method} ${contract.path}`

    it(`holds nothing that the contract does not name: ${name}`, async () => {
      for (const [query, pointer] of [
        ['x=1', '/x'],
        ['x', '/x'],
        ['=1', '/'],
        ['=', '/'],
        ['__proto__=1', '/__proto__'],
        ['__proto__[role]=admin', '/__proto__[role]'],
        ['constructor[prototype][x]=1', '/constructor[prototype][x]'],
        ['toString=1', '/toString'],
        ['Limit=5', '/Limit'],
        ['limit%20=5', '/limit '],
        ['access_token=x', '/access_token'],
        ['_method=DELETE', '/_method'],
        ['a%2fb=1', '/a~1b'],
        ['x=1&x=2', '/x'],
      ] as const) {
        assert.ok((await refused(contract, query)).includes(pointer), query)
      }
    })

    it(`is valid percent-encoded UTF-8: ${name}`, async () => {
      for (const query of ['x=%', '%=x', 'x=%2', 'x=%zz', 'x=%u0041', 'x=%ff', 'x=%c0%af', 'x=%ed%a0%80', '%ff=x']) {
        assert.deepEqual(await refused(contract, query), [''])
      }
    })
  }

  for (const contract of contracts) {
    for (const parameter of Object.keys(contract.query?.shape ?? {})) {
      const value = good[parameter]
      const isRepeatable = parameter === 'role' && contract.method === 'any'

      it(`has one ${parameter}: ${contract.method} ${contract.path}`, async () => {
        assert.ok(value)
        for (const query of [
          `${parameter}[]=${value}`,
          `${parameter}[]=${value}&${parameter}[]=${value}`,
          `${parameter}[0]=${value}`,
          `${parameter}[a]=${value}`,
          `${parameter}[$ne]=${value}`,
          `${parameter}.x=${value}`,
          `${parameter};x=${value}`,
        ]) {
          const given = query.split('=')[0] ?? ''
          assert.ok((await refused(contract, query)).includes(`/${given}`), query)
        }
        if (isRepeatable) return
        for (const query of [
          `${parameter}=${value}&${parameter}=${value}`,
          `${parameter}=${value}&${parameter}`,
          `${parameter}=${value}&%${parameter.charCodeAt(0).toString(16)}${parameter.slice(1)}=${value}`,
        ]) {
          assert.deepEqual(await refused(contract, query), [`/${parameter}`], query)
        }
        for (const wrong of [
          '',
          '%00',
          'a%00',
          '%20',
          `${value},${value}`,
          'x'.repeat(1001),
          '%7B%22a%22:1%7D',
          '%5B%5D',
        ]) {
          const isText = ['q', 'genre', 'role'].includes(parameter) && !/^$|%00|x{9}/.test(wrong)
          if (!isText) assert.ok((await refused(contract, `${parameter}=${wrong}`)).includes(`/${parameter}`), wrong)
        }
      })
    }
  }

  it('takes a plus for a space, decodes once, and is not split anywhere else', async () => {
    const titles = async (query: string) => {
      const { status, body } = await server.get(`/moviedata?${query}`, user.token)
      assert.equal(status, 200, query)
      return body.items.map(({ title }: { title: string }) => title)
    }
    const found = await titles('q=star+wars')
    assert.ok(found.length > 0)
    assert.deepEqual(await titles('q=star%20wars'), found)
    assert.deepEqual(await titles('q=star%2Bwars'), [])
    assert.deepEqual(await titles('q=star%2520wars'), [])
    assert.deepEqual(await titles('q=star%26limit%3D0'), [])
    assert.deepEqual(await titles('&&q=star+wars&'), found)
  })
})
