import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDatabase } from '../../../src/infrastructure/database.ts'
import { movieQuery, orderOf } from '../../../src/schemas/movie.schema.ts'
import { registered } from '../../support/accounts.ts'
import { startPooler } from '../../support/pooler.ts'
import { databaseAt } from '../../support/test-database.ts'
import { serverOfThisFile, startTestServer } from '../../support/test-server.ts'
import { unobserved } from '../../support/unobserved.ts'

const server = await serverOfThisFile()

/** More at once than the pool has connections. */
const ALL = 40

describe('a statement that is prepared', () => {
  it('goes on where the schema has changed under it', async () => {
    const { token, email } = await registered(server)
    const readAll = async () => {
      for (const path of ['/userdetails', '/moviedata']) {
        const answers = await Promise.all(Array.from({ length: ALL }, () => server.get(path, token)))
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
      }
    }
    await readAll()
    for (const type of ['varchar', 'text']) {
      await server.database.query(
        `ALTER TABLE users ALTER status TYPE ${type}; ALTER TABLE movies ALTER genre TYPE ${type}`,
      )
      await readAll()
    }
    assert.equal((await server.get('/userdetails', token)).body.user.email, email)
  })

  it('has a transaction begun anew that finds the schema changed', async () => {
    const { url, query } = server.database
    const { id } = await registered(server)
    const database = createDatabase({ url, poolMax: 1, isPooled: false, ...unobserved })
    let attempts = 0
    const read = () =>
      database.atomically(({ users }) => {
        attempts += 1
        return users.findById(id)
      })
    await read()
    for (const type of ['varchar', 'text']) {
      await query(`ALTER TABLE users ALTER status TYPE ${type}`)
      assert.equal((await read())?.id, id)
    }
    await database.close()
    assert.equal(attempts, 5)
  })

  it('has a transaction begun anew, without names, where a pooler mixes them up', async () => {
    const { url } = server.database
    await using pooler = await startPooler(url)
    const { id } = await registered(server)
    const database = createDatabase({ url: pooler.through(url), poolMax: 1, isPooled: false, ...unobserved })
    for (let round = 0; round < 5; round++) {
      assert.equal((await database.atomically(({ users }) => users.findById(id)))?.id, id)
    }
    await database.close()
    const [first = '', ...others] = pooler.prepared
    assert.match(first, /^user_by_id/)
    assert.deepEqual(new Set(others), new Set(['']))
  })

  it('does without its name where a pooler that nobody told of mixes names up', async () => {
    const { url } = server.database
    await using pooler = await startPooler(url)
    const { id } = await registered(server)
    const database = createDatabase({ url: pooler.through(url), poolMax: 1, isPooled: false, ...unobserved })
    const { users, movies } = database.repositories
    const { sort, limit } = movieQuery.parse({})
    assert.equal((await movies.findPage({}, orderOf(sort), limit, null)).items.length, limit)
    for (let read = 0; read < 5; read++) assert.equal((await users.findById(id))?.id, id)
    await database.close()
    const [film = '', user = '', ...others] = pooler.prepared
    assert.match(film, /^movies_by_title/)
    assert.match(user, /^user_by_id/)
    assert.deepEqual(new Set(others), new Set(['']))
  })

  it('has no name where DATABASE_DIRECT_URL leads past a pooler', async () => {
    const { database } = server
    await using pooler = await startPooler(database.url)
    const pooled = databaseAt(pooler.through(database.url))
    await using behind = await startTestServer({ database: pooled, env: { DATABASE_DIRECT_URL: database.url } })
    const { token, refreshToken } = await registered(behind)
    for (let read = 0; read < 3; read++) {
      for (const path of ['/userdetails', '/moviedata', '/moviedata?sort=-imdbRating'])
        assert.equal((await behind.get(path, token)).status, 200)
    }
    assert.equal((await behind.post('/refresh', { refreshToken })).status, 200)
    assert.deepEqual(new Set(pooler.prepared), new Set(['']))
  })
})
