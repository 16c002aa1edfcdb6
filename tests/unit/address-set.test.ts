import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createAddressSet } from '../../src/services/import/address-set.ts'

describe('a set of addresses', () => {
  it('has those that were added, however many, and no others', () => {
    const addresses = createAddressSet()
    const address = (index: number) => `user-${index}@example.com`
    for (let index = 0; index < 50_000; index++) {
      assert.equal(addresses.has(address(index)), false)
      addresses.add(address(index))
      addresses.add(address(index))
    }
    for (let index = 0; index < 100_000; index++) assert.equal(addresses.has(address(index)), index < 50_000)
  })
})
