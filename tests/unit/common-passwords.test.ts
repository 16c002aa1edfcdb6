import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { dictionary } from '@zxcvbn-ts/language-common'
import { createPasswordHasher } from '../../src/infrastructure/password-hasher.ts'
import { createPasswordStrength } from '../../src/infrastructure/password-strength.ts'
import { createPasswordService } from '../../src/services/password.service.ts'
import { OWN_WORK } from '../../src/services/work-source.ts'
import { unobserved } from '../support/unobserved.ts'

const REQUIRED = 3000

const hasher = createPasswordHasher({ usualCost: 4, processes: 1, observer: unobserved.poolObserver('hash') })
const strength = createPasswordStrength(unobserved.poolObserver('strength'))
after(() => Promise.all([hasher.close(), strength.close()]))

describe('common passwords', () => {
  const { requireStrong } = createPasswordService(hasher, strength, { bcryptCost: 10, minLength: 8, contextWords: [] })

  it('of eight characters and more are refused, the 3,000 most used of them all (ASVS 6.2.4)', async () => {
    const commonest = dictionary['passwords-common'].filter((password) => [...password].length >= 8).slice(0, REQUIRED)
    assert.equal(commonest.length, REQUIRED)
    for (const password of commonest) {
      await assert.rejects(requireStrong(password, [], '/password', OWN_WORK), { code: 'invalid_request' }, password)
    }
  })

  it('are no more than that: a phrase of common words is taken', () =>
    requireStrong('correct horse battery staple', [], '/password', OWN_WORK))
})
