import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { normalizeAddress } from '../../src/http/origin.ts'

describe('a client address', () => {
  it('is one text for one host', () => {
    assert.equal(normalizeAddress('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(normalizeAddress('192.0.2.1'), '192.0.2.1')
    assert.equal(normalizeAddress('2001:db8::1'), '2001:db8::1')
    assert.equal(normalizeAddress('fe80::1%eth0'), 'fe80::1')
    assert.equal(normalizeAddress(undefined), null)
  })
})
