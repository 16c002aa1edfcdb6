import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '../../src/errors/app-error.ts'
import { readQuery } from '../../src/http/read-query.ts'

describe('the query', () => {
  it('is decoded once', () => {
    assert.deepEqual(readQuery('/x'), {})
    assert.deepEqual(readQuery('/x?'), {})
    assert.deepEqual(readQuery('/x?a=1&b=%26%3D&c=a+b&d&e=%2B&f=ü'), {
      a: '1',
      b: '&=',
      c: 'a b',
      d: '',
      e: '+',
      f: 'ü',
    })
    assert.deepEqual(readQuery('/x?a=%2541'), { a: '%41' })
    assert.deepEqual(readQuery('/x?a=b=c'), { a: 'b=c' })
  })

  it('has no prototype to reach', () => {
    assert.deepEqual(Object.keys(readQuery('/x?__proto__=y')), ['__proto__'])
  })

  for (const query of ['a=1&a=1', 'a=%', 'a=%ff', '%zz=1', 'a=%ED%A0%80']) {
    it(`is refused where it says ${query}`, () => {
      assert.throws(() => readQuery(`/x?${query}`), AppError)
    })
  }
})
