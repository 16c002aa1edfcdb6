import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { createDatabase } from '../../../src/infrastructure/database.ts'
import { createStandIns } from '../../../src/services/stand-ins.ts'
import { createTestDatabase } from '../../support/test-database.ts'
import { unobserved } from '../../support/unobserved.ts'

const created = await createTestDatabase()
const database = createDatabase({ url: created.url, poolMax: 1, isPooled: false, ...unobserved })
after(async () => {
  await database.close()
  await created.drop()
})

const { findForLogin } = database.repositories.users

/** Addresses in one order, the ends of the ids in another. */
const ACCOUNTS = {
  'ada@example.com': 'c00000000000',
  'grace@example.com': '400000000000',
  'linus@example.com': '800000000000',
}

describe('whose hash an unknown address is compared with', () => {
  it('is nobody where there is no account', async () => {
    assert.deepEqual(await findForLogin('ada@example.com', '000000000000'), { found: null, standInHash: null })
  })

  it('is the next by the end of the id, and behind the last the first', async () => {
    for (const [email, end] of Object.entries(ACCOUNTS)) {
      const row = [`01900000-0000-7000-8000-${end}`, email, `hash of ${email}`]
      await created.query('INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3)', row)
    }
    for (const [point, email] of [
      ['000000000000', 'grace@example.com'],
      ['400000000000', 'grace@example.com'],
      ['400000000001', 'linus@example.com'],
      ['abcdefabcdef', 'ada@example.com'],
      ['ffffffffffff', 'grace@example.com'],
    ] as const) {
      const standInHash = `hash of ${email}`
      assert.deepEqual(await findForLogin('alan@example.com', point), { found: null, standInHash })
    }
  })

  it('is looked for as well where there is the account', async () => {
    const { found, standInHash } = await findForLogin('linus@example.com', '900000000000')
    assert.equal(found?.email, 'linus@example.com')
    assert.equal(found?.passwordHash, 'hash of linus@example.com')
    assert.deepEqual(found?.roles, [])
    assert.equal(standInHash, 'hash of ada@example.com')
  })

  it('is the same each time, with each secret another, and never near for addresses that are', () => {
    const { pointOf } = createStandIns({ current: 'a secret of at least thirty-two characters', previous: [] })
    const other = createStandIns({ current: 'another secret of thirty-two characters', previous: [] })
    const points = Array.from({ length: 1_000 }, (_, number) => pointOf(`user${number}@example.com`))
    assert.equal(pointOf('user7@example.com'), points[7])
    assert.notEqual(other.pointOf('user7@example.com'), points[7])
    for (const point of points) assert.match(point, /^[0-9a-f]{12}$/)
    for (const digit of '0123456789abcdef') assert.ok(points.some((point) => point.startsWith(digit)))
    const rises = points.filter((point, index) => point > (points[index - 1] ?? '')).length
    assert.ok(rises > 400 && rises < 600, `${rises}`)
  })
})
