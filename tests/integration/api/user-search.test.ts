import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { loggedInAdmin } from '../../support/accounts.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { PASSWORD, startTestServer, type TestServer } from '../../support/test-server.ts'

const PEOPLE = {
  'ada@example.org': 'Ada Lovelace',
  'zoe@example.org': 'Zoë Ångström',
  'zhanna@example.org': 'Жанна д’Арк',
  'li@example.org': '李 Li',
  'sure@example.org': '100% sure',
  'case@example.org': 'snake_case',
  'slash@example.org': 'back\\slash',
  'brien@example.org': "O'Brien",
  'quote@example.org': 'The "Boss"',
  'star@example.org': '[a-z]* (or .+)?',
  'jürgen@example.org': 'Somebody',
}

/** Reads users by the index for the search wherever there is one, though they are few. */
const PREFER_BITMAPS = `DO $$ DECLARE setting text; BEGIN
  FOREACH setting IN ARRAY '{enable_seqscan,enable_indexscan,enable_indexonlyscan}'::text[] LOOP
    EXECUTE format('ALTER DATABASE %I SET %I = off', current_database(), setting);
  END LOOP; END $$`

for (const index of ['by its index', 'without an index']) {
  describe(`GET /users?q ${index}`, () => {
    const running = new AsyncDisposableStack()
    let server: TestServer
    let token: string

    before(async () => {
      const database = running.adopt(await createTestDatabase(), (created) => created.drop())
      await database.query(PREFER_BITMAPS)
      server = running.use(await startTestServer({ database }))
      token = (await loggedInAdmin(server)).token
      if (index === 'without an index') await database.query('DROP INDEX users_search_text_idx')
      for (const [email, name] of Object.entries(PEOPLE)) {
        assert.equal((await server.post('/register', { email, password: PASSWORD, name })).status, 201)
      }
    })
    after(() => running.disposeAsync())

    /** The emails that a search finds, in the order of the alphabet. */
    async function found(q: string): Promise<string[]> {
      const { status, body } = await server.get(`/users?limit=100&q=${encodeURIComponent(q)}`, token)
      assert.equal(status, 200)
      assert.deepEqual([body.total, body.totalIsEstimate], [body.items.length, false], q)
      return body.items.map(({ email }: { email: string }) => email).toSorted()
    }

    it('finds a part of the email or of the name, in any case', async () => {
      for (const q of ['ada@example.org', 'DA@EXAM', 'ada l', 'LOVELACE', 'velac']) {
        assert.deepEqual(await found(q), ['ada@example.org'], q)
      }
      assert.deepEqual(await found('somebody'), ['jürgen@example.org'])
      assert.deepEqual(await found('li'), ['li@example.org'])
      assert.deepEqual(await found('Example.ORG'), Object.keys(PEOPLE).toSorted())
      assert.deepEqual(await found('nobody has this'), [])
    })

    it('finds letters of every script, in either case', async () => {
      for (const q of ['zoë', 'ZOË', 'Ë', 'ångström', 'ÅNG']) assert.deepEqual(await found(q), ['zoe@example.org'], q)
      for (const q of ['Жанна', 'жанна', 'ЖАННА', 'Ж', 'д’а'])
        assert.deepEqual(await found(q), ['zhanna@example.org'], q)
      assert.deepEqual(await found('李'), ['li@example.org'])
      assert.deepEqual(await found('JÜRGEN'), ['jürgen@example.org'])
      assert.deepEqual(await found('é'), [])
    })

    it('finds a name in the other Unicode spelling', async () => {
      for (const q of ['Zoë', 'ångström', 'Jürgen']) {
        assert.notEqual(q.normalize('NFD'), q)
        assert.deepEqual(await found(q.normalize('NFD')), await found(q))
        assert.equal((await found(q)).length, 1)
      }
    })

    it('takes the searched text literally', async () => {
      const literal: [q: string, email: string][] = [
        ['%', 'sure@example.org'],
        ['_', 'case@example.org'],
        ['\\', 'slash@example.org'],
        ['k\\s', 'slash@example.org'],
        ["'", 'brien@example.org'],
        ['"', 'quote@example.org'],
        ['"Boss"', 'quote@example.org'],
        ['*', 'star@example.org'],
        ['.+', 'star@example.org'],
        ['[a-z]', 'star@example.org'],
        ['?', 'star@example.org'],
      ]
      for (const [q, email] of literal) assert.deepEqual(await found(q), [email], q)
      for (const q of ['%%', '__', '\\\\', '\\%', '\\_', 'A_a', 'ada%', "' OR 1=1 --", '^ada', '$1', '\\x61', '.*']) {
        assert.deepEqual(await found(q), [], q)
      }
    })

    it('finds no letter by the digits of its code', async () => {
      for (const q of ['303', '253', '303\\253', '\\303\\253', 'c3', 'c3ab', 'u00eb'])
        assert.deepEqual(await found(q), [], q)
      assert.deepEqual(await found('100'), ['sure@example.org'])
    })

    it('does not take email and name for one text', async () => {
      for (const q of ['\n', '\t', 'org\nada', 'org ada', 'orgada']) assert.deepEqual(await found(q), [], q)
    })
  })
}

describe('GET /users of 25,000', () => {
  const running = new AsyncDisposableStack()
  let server: TestServer
  let token: string

  before(async () => {
    server = running.use(await startTestServer())
    token = (await loggedInAdmin(server)).token
    const { query } = server.database
    await server.post('/roles', { name: 'staff' }, token)
    await query(`INSERT INTO users (id, email, name, password_hash, status)
      SELECT gen_random_uuid(), 'user' || n || '@example.org', CASE WHEN n % 40 = 0 THEN 'Grete' ELSE 'Hans' END, 'x',
             CASE WHEN n % 3 = 0 THEN 'disabled' ELSE 'active' END
      FROM generate_series(1, 25000) AS n`)
    await query("INSERT INTO user_roles (user_id, role) SELECT id, 'user' FROM users ON CONFLICT DO NOTHING")
    await query(
      "INSERT INTO user_roles (user_id, role) SELECT id, 'staff' FROM users WHERE email LIKE '%5@example.org'",
    )
    await query('ANALYZE users, user_roles')
  })
  after(() => running.disposeAsync())

  async function page(query: string) {
    const { status, body } = await server.get(`/users?${query}`, token)
    assert.equal(status, 200)
    return body
  }

  /** The ids of all who match, as SQL finds them, the newest first. */
  async function matching(condition: string): Promise<unknown[]> {
    const rows = await server.database.query(`SELECT id FROM users WHERE ${condition} ORDER BY id DESC`)
    return rows.map(({ id }) => id)
  }

  async function walk(query: string): Promise<unknown[]> {
    const ids: unknown[] = []
    for (let cursor = ''; ; ) {
      const { items, nextCursor } = await page(`${query}&limit=100${cursor}`)
      ids.push(...items.map(({ id }: { id: string }) => id))
      if (nextCursor === null) return ids
      cursor = `&cursor=${nextCursor}`
    }
  }

  const few: [query: string, condition: string][] = [
    ['q=grete', "name = 'Grete'"],
    ['q=user119', "email LIKE '%user119%'"],
    ['q=user2', "email LIKE '%user2%'"],
    ['q=n@', "email LIKE 'admin%'"],
    ['q=01', "email LIKE '%01%'"],
    ['q=nobody', 'false'],
    ['status=disabled', "status = 'disabled'"],
    ['role=staff', "email LIKE '%5@example.org'"],
    ['role=admin', "email LIKE 'admin%'"],
    ['role=nobody', 'false'],
    ['role=staff&status=disabled', "email LIKE '%5@example.org' AND status = 'disabled'"],
    ['role=user&status=disabled', "status = 'disabled'"],
    ['q=grete&status=disabled', "name = 'Grete' AND status = 'disabled'"],
    ['q=hans&role=staff', "email LIKE '%5@example.org'"],
    ['q=hans&role=staff&status=active', "email LIKE '%5@example.org' AND status = 'active'"],
    ['q=hans&role=admin', 'false'],
    ['q=user&status=disabled', "status = 'disabled'"],
  ]

  it('is exact about a filter that fewer than 10,000 match', async () => {
    for (const [query, condition] of few) {
      const total = (await matching(condition)).length
      for (const limit of [1, 100]) {
        const found = await page(`${query}&limit=${limit}`)
        assert.deepEqual([found.total, found.totalIsEstimate], [total, false], query)
      }
    }
  })

  it('shows each of them once, however old', async () => {
    for (const [query, condition] of few) {
      const expected = await matching(condition)
      if (expected.length <= 1000) assert.deepEqual(await walk(query), expected, query)
    }
  })

  it('estimates a filter that more match, on every page', async () => {
    for (const [query, condition] of [
      ['', 'true'],
      ['q=hans', "name = 'Hans'"],
      ['q=example.org', 'true'],
      ['q=e', 'true'],
      ['role=user', 'true'],
      ['role=user&q=user', 'true'],
      ['status=active', "status = 'active'"],
    ] as const) {
      const { length: count } = await matching(condition)
      const first = await page(query)
      for (const { total, totalIsEstimate } of [first, await page(`${query}&cursor=${first.nextCursor}`)]) {
        assert.equal(totalIsEstimate, true, query)
        assert.ok(total > 10_000 && total > count / 2 && total < count * 2, `${query}: ${total} instead of ${count}`)
      }
    }
  })
})
