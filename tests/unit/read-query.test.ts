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

  it('names a parameter that is given twice by its JSON Pointer, cut where it is long', () => {
    const pointerOf = (query: string) => {
      try {
        return readQuery(query)
      } catch (error) {
        return (error as AppError).errors[0]?.pointer
      }
    }
    assert.equal(pointerOf('/x?a/b~c=1&a/b~c=2'), '/a~1b~0c')
    assert.equal(pointerOf(`/x?${'n'.repeat(500)}=1&${'n'.repeat(500)}=2`), `/${'n'.repeat(100)}`)
  })

  for (const query of ['a=1&a=1', 'a=%', 'a=%ff', '%zz=1', 'a=%ED%A0%80']) {
    it(`is refused where it says ${query}`, () => {
      assert.throws(() => readQuery(`/x?${query}`), AppError)
    })
  }
})
