import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { AppError } from '../../src/errors/app-error.ts'
import { createPasswordHasher } from '../../src/infrastructure/password-hasher.ts'
import type { BcryptHash } from '../../src/services/password-hashes/password-hash.ts'
import type { WorkSource } from '../../src/services/work-source.ts'
import { unobserved } from '../support/unobserved.ts'

const ofCost = (cost: number): BcryptHash => ({
  scheme: 'bcrypt',
  cost,
  salt: 'tqBvJ6OaKo3AxaEsyuEOP.',
  digest: '7Jq7H6uKrJnbUqBzXCGtp1vRzN6B6Hy',
})

const CHEAP = ofCost(4)
/** 256 times as much. */
const DEAR = ofCost(12)

/** More than would wait for dear ones, less than for cheap ones. */
const MANY = 500 * availableParallelism()

const someone = (number: number): WorkSource => ({ account: `${number}`, network: `${number}` })

describe('the queue in front of the hashing', () => {
  let hasher: ReturnType<typeof createPasswordHasher>

  beforeEach(() => {
    hasher = createPasswordHasher({ usualCost: 4, processes: 1, observer: unobserved.poolObserver('hash') })
  })

  afterEach(() => hasher.close())

  /** How many cheap ones are taken of many that come at once. */
  async function taken(): Promise<number> {
    const attempts = Array.from({ length: MANY }, (_, number) => hasher.compare('x', CHEAP, someone(number)))
    const results = await Promise.allSettled(attempts)
    for (const result of results) {
      if (result.status === 'rejected')
        assert.ok(result.reason instanceof AppError && result.reason.code === 'overloaded')
    }
    return results.filter(({ status }) => status === 'fulfilled').length
  }

  it('is as long as what is usual here', async () => {
    assert.equal(await taken(), MANY)
  })

  it('is shorter where hashes of other systems cost more, from the first of them on', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, number) => hasher.compare('x', DEAR, someone(number))))
    const now = await taken()
    assert.ok(now < MANY, `${now}`)
  })

  it('stays open behind a single one', async () => {
    await hasher.compare('x', DEAR, someone(0))
    const now = await taken()
    assert.ok(now > 20, `${now}`)
  })
})
