import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, freshEmail, loggedInAdmin, registered } from '../../support/accounts.ts'
import { createdRole } from '../../support/roles.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

interface Page {
  items: Record<string, unknown>[]
  nextCursor: string | null
  total: number
  totalIsEstimate: boolean
}

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const staff = await createdRole(server, admin)

const list = (query = '', token = admin.token) => server.get(`/users?${query}`, token)
const page = async (query = ''): Promise<Page> => (await list(query)).body
const idsOf = ({ items }: Pick<Page, 'items'>) => items.map(({ id }) => id)

/** The ids of all pages, in their order; `between` runs when there is a next page, which begins behind the id given. */
async function walk(query: string, between: (lastId: string) => Promise<unknown> = async () => undefined) {
  const ids: unknown[] = []
  let cursor = ''
  for (;;) {
    const found = await page(query + cursor)
    ids.push(...idsOf(found))
    if (found.nextCursor === null) return ids
    assert.ok(ids.length < 1000, 'there is no end')
    cursor = `&cursor=${found.nextCursor}`
    await between(String(ids.at(-1)))
  }
}

async function registeredAs(name: string, { roles = [] as string[], disabled = false } = {}): Promise<string> {
  const { status, body } = await server.post('/register', { email: freshEmail(), password: PASSWORD, name })
  assert.equal(status, 201)
  const path = `/users/${body.user.id}`
  for (const role of roles) await server.send('PUT', `${path}/roles/${role}`, { token: admin.token })
  if (disabled) await server.send('PATCH', path, { token: admin.token, json: { status: 'disabled' } })
  return body.user.id
}

describe('GET /users', () => {
  it('lists accounts as they are and nothing else of them, the newest first', async () => {
    const first = await registered(server)
    const second = await registered(server)
    const { items } = await page('limit=3')
    assert.deepEqual(idsOf({ items }).slice(0, 2), [second.id, first.id])
    for (const item of items) {
      const fields = ['createdAt', 'email', 'emailVerified', 'id', 'name', 'roles', 'status', 'updatedAt']
      assert.deepEqual(Object.keys(item).toSorted(), fields)
      assert.deepEqual(item, (await server.get(`/users/${item.id}`, admin.token)).body.user)
    }
  })

  it('gives 20 and counts all, on every page', async () => {
    const wanted = [1, 2, 3, 4, 5].map((number) => registeredAs(`Counted ${number}`))
    await Promise.all([...wanted, ...Array.from({ length: 16 }, () => registered(server))])
    const [row] = await server.database.query('SELECT count(*)::int AS total FROM users')
    const all = { total: row?.total, totalIsEstimate: false }
    const { items, nextCursor, ...count } = await page()
    assert.equal(items.length, 20)
    assert.deepEqual(count, all)
    const { items: _items, nextCursor: _next, ...countBehind } = await page(`cursor=${nextCursor}`)
    assert.deepEqual(countBehind, all)
    const found = await page('q=counted&limit=2')
    assert.deepEqual([found.total, found.items.length], [5, 2])
    assert.equal((await page(`q=counted&limit=2&cursor=${found.nextCursor}`)).total, 5)
  })

  it('leaves nobody out and repeats nobody, whoever registers or is deleted between two pages', async () => {
    await Promise.all(Array.from({ length: 12 }, () => registered(server)))
    const before = await server.database.query('SELECT id FROM users ORDER BY id DESC')
    let pages = 1
    const walked = await walk('limit=5', async (lastId) => {
      await registered(server)
      pages += 1
      if (pages % 2 === 0) await server.send('DELETE', `/users/${lastId}`, { token: admin.token })
    })
    assert.ok(pages >= 3)
    assert.deepEqual(walked, idsOf({ items: before }))
  })

  it('filters by role, by status and by both with a search, and keeps the filter from page to page', async () => {
    const gone = await registeredAs('Quill One', { disabled: true })
    const active = await registeredAs('Quill Two', { roles: [staff] })
    const both = await registeredAs('Quill Three', { roles: [staff, 'admin'], disabled: true })
    const other = await registeredAs('Somebody else', { roles: [staff], disabled: true })
    const expected: [query: string, ids: string[]][] = [
      [`role=${staff}`, [other, both, active]],
      ['status=disabled', [other, both, gone]],
      ['role=user&q=quill', [both, active, gone]],
      ['status=active&q=quill', [active]],
      [`role=${staff}&status=disabled`, [other, both]],
      [`q=QUILL&role=${staff}&status=disabled`, [both]],
      ['q=quill&role=admin&status=active', []],
      ['role=nobody-has-this', []],
      ['role=Admin', []],
    ]
    for (const [query, ids] of expected) {
      const { total, totalIsEstimate, nextCursor, items } = await page(query)
      assert.deepEqual([idsOf({ items }), total, totalIsEstimate, nextCursor], [ids, ids.length, false, null], query)
      assert.deepEqual(await walk(`${query}&limit=1`), ids, query)
    }
  })

  const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
  const id = crypto.randomUUID()
  for (const [query, pointer] of [
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['limit=x', '/limit'],
    ['limit=-1', '/limit'],
    ['limit=', '/limit'],
    ['limit=5&limit=6', '/limit'],
    ['q=a&q=b', '/q'],
    ['q=', '/q'],
    ['q=%00', '/q'],
    [`q=${'x'.repeat(201)}`, '/q'],
    ['q=%ff', ''],
    ['role=', '/role'],
    ['role=%00', '/role'],
    ['role[]=admin', '/role[]'],
    ['status=deleted', '/status'],
    ['status=', '/status'],
    ['page=2', '/page'],
    ['sort=email', '/sort'],
    ['__proto__=x', '/__proto__'],
    ['cursor=', '/cursor'],
    ['cursor=garbage', '/cursor'],
    [`cursor=${id}`, '/cursor'],
    [`cursor=${cursorOf(7)}`, '/cursor'],
    [`cursor=${cursorOf(null)}`, '/cursor'],
    [`cursor=${cursorOf(`${id}'--`)}`, '/cursor'],
    [`cursor=${cursorOf(['title', 'a', id])}`, '/cursor'],
    [`cursor=${cursorOf(['2026-11-20T10:30:00.000Z', id])}`, '/cursor'],
  ] as const) {
    it(`refuses ?${query.slice(0, 60)}`, async () => {
      const { status, body } = await list(query)
      assert.equal(status, 400)
      assert.equal(body.code, 'invalid_request')
      assert.deepEqual(
        body.errors.map((error: { pointer: string }) => error.pointer),
        [pointer],
      )
    })
  }

  it('takes no cursor of another list', async () => {
    const { body } = await server.get('/moviedata?limit=1', admin.token)
    assert.equal((await list(`cursor=${body.nextCursor}`)).status, 400)
    const { body: audit } = await server.get('/audit?limit=1', admin.token)
    assert.equal((await list(`cursor=${audit.nextCursor}`)).status, 400)
  })

  it('is for administrators, who are told nothing before they are known to be', async () => {
    const user: Account = await registered(server)
    for (const query of ['', 'limit=none']) {
      assert.equal((await list(query, user.token)).body.code, 'forbidden')
      assert.equal((await server.get(`/users?${query}`)).body.code, 'unauthenticated')
    }
  })
})
