import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bcryptInput } from '../../src/services/password.service.ts'

describe('what bcrypt is given', () => {
  it('is the password itself up to 72 bytes', () => {
    assert.equal(bcryptInput('a'.repeat(72)), 'a'.repeat(72))
    assert.equal(bcryptInput('é'.repeat(36)), 'é'.repeat(36))
  })

  it('is a digest of all of it beyond', () => {
    for (const password of ['a'.repeat(73), 'é'.repeat(37), '🐎'.repeat(1000)]) {
      assert.match(bcryptInput(password), /^[A-Za-z0-9+/]{43}=$/)
    }
    assert.notEqual(bcryptInput(`${'a'.repeat(72)}X`), bcryptInput(`${'a'.repeat(72)}Y`))
  })

  it('is in NFC', () => {
    assert.equal(bcryptInput('e\u0301'), bcryptInput('\u00e9'))
  })
})
