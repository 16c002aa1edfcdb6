import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { serverOfThisFile, startTestServer } from '../../support/test-server.ts'

interface Film {
  id: string
  title: string
  [field: string]: unknown
}

const TOTAL = 3201

const server = await serverOfThisFile()
const { token } = await registered(server)

describe('/moviedata', () => {
  const list = (query = '') => server.get(`/moviedata${query}`, token)
  const films = async (query: string): Promise<Film[]> => (await list(query)).body.items

  async function walk(query: string): Promise<Film[]> {
    const all: Film[] = []
    let cursor: string | null = null
    do {
      const { body } = await list(`?limit=100&${query}${cursor ? `&cursor=${cursor}` : ''}`)
      all.push(...body.items)
      cursor = body.nextCursor
    } while (cursor)
    return all
  }

  it('gives 20 films by title, and the way to the next', async () => {
    const first = (await list()).body
    assert.equal(first.items.length, 20)
    const second = (await list(`?cursor=${first.nextCursor}`)).body
    const titles = [...first.items, ...second.items].map(({ title }) => title.toLowerCase())
    assert.deepEqual(titles, titles.toSorted())
  })

  for (const sort of ['title', '-title', 'releaseDate', '-imdbRating', 'worldwideGrossUsd', '-runtimeMinutes']) {
    it(`shows every film exactly once in the order ${sort}, unknown values last`, async () => {
      const all = await walk(`sort=${sort}`)
      assert.equal(all.length, TOTAL)
      assert.equal(new Set(all.map(({ id }) => id)).size, TOTAL)
      const field = sort.replace('-', '')
      const values = all.map((film) => film[field])
      const known = values.filter((value) => value !== null) as (string | number)[]
      assert.deepEqual(values.slice(0, known.length), known)
      const keys = known.map((value) => (field === 'title' ? String(value).toLowerCase() : value))
      const wrong = keys.findIndex((key, index) => {
        const before = keys[index - 1]
        return before !== undefined && (sort.startsWith('-') ? before < key : before > key)
      })
      assert.equal(wrong, -1)
    })
  }

  it('filters by genre, year and a part of the title, in any case', async () => {
    for (const film of await films('?genre=Western&limit=100')) assert.equal(film.genre, 'Western')
    const released = await walk('year=1994')
    assert.ok(released.length > 40)
    for (const { releaseDate } of released) assert.match(String(releaseDate), /^1994-/)
    const found = await films('?q=GODFATHER')
    assert.ok(found.length >= 2)
    for (const { title } of found) assert.match(title, /godfather/i)
    assert.deepEqual(await films('?genre=Nonsense'), [])
  })

  it('takes the searched text literally', async () => {
    assert.deepEqual(await films('?q=%25'), [])
    assert.deepEqual(await films('?q=_'), [])
    assert.deepEqual(await films('?q=%5C'), [])
    assert.deepEqual(await films(`?q=${encodeURIComponent("' OR 1=1 --")}`), [])
    assert.deepEqual(
      (await films(`?q=${encodeURIComponent('M*A*S*H')}`)).map(({ title }) => title),
      ['M*A*S*H'],
    )
  })

  it('keeps the filter from page to page', async () => {
    const all = await walk('genre=Western&sort=-releaseDate&limit=5'.replace('limit=5', ''))
    assert.ok(all.length > 20)
    assert.ok(all.every(({ genre }) => genre === 'Western'))
  })

  it('answers a POST without a body as a GET', async () => {
    const posted = await server.send('POST', '/moviedata?limit=3&sort=-imdbRating', { token })
    assert.deepEqual(posted.body, (await list('?limit=3&sort=-imdbRating')).body)
  })

  it('answers one film by its id, the same in every installation', async () => {
    const [film] = await films('?q=Casablanca')
    assert.deepEqual((await server.get(`/moviedata/${film?.id}`, token)).body, film)
    await using other = await startTestServer()
    const theirs = await other.get(`/moviedata/${film?.id}`, (await registered(other)).token)
    assert.deepEqual(theirs.body, film)
  })

  it('knows no film by an unknown id', async () => {
    assert.equal((await server.get(`/moviedata/${crypto.randomUUID()}`, token)).body.code, 'not_found')
    assert.equal((await server.get('/moviedata/1', token)).body.code, 'invalid_request')
  })

  const cursorOf = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
  const id = crypto.randomUUID()
  for (const query of [
    'limit=0',
    'limit=101',
    'limit=1.5',
    'limit=1e1',
    'limit=-1',
    'limit=',
    'limit=5&limit=6',
    'page=2',
    'year=94',
    'year=abcd',
    'sort=id',
    'sort=title,year',
    'q=',
    'q=%00',
    'q=%ff',
    'q=%ZZ',
    'genre[]=Western',
    'genre[$ne]=x',
    '__proto__=x',
    'cursor=abc',
    'cursor=e30',
    `cursor=${cursorOf(['releaseDate', '2000-01-01', id])}`,
    `sort=releaseDate&cursor=${cursorOf(['releaseDate', '2000-13-45', id])}`,
    `sort=releaseDate&cursor=${cursorOf(['releaseDate', '0000-01-01', id])}`,
    `sort=releaseDate&cursor=${cursorOf(['releaseDate', 5, id])}`,
    `sort=imdbRating&cursor=${cursorOf(['imdbRating', '5; DROP TABLE movies', id])}`,
    `cursor=${cursorOf(['title', 'a\u0000', id])}`,
    `cursor=${cursorOf(['title', 'a', 'x'])}`,
    `cursor=${cursorOf(['title', null, id])}`,
  ]) {
    it(`refuses ?${query.slice(0, 60)}`, async () => {
      assert.equal((await list(`?${query}`)).body.code, 'invalid_request')
    })
  }

  it('survives a cursor with a number that no film has', async () => {
    for (const value of [1e300, -1e300, 0.1, 9e18]) {
      const cursor = cursorOf(['imdbVotes', value, id])
      assert.equal((await list(`?sort=imdbVotes&cursor=${cursor}`)).status, 200)
    }
  })
})
