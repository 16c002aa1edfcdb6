import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { type Account, registered } from '../../support/accounts.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()

const unique = randomBytes(6).toString('hex')
const ADDRESS = `jos\u00e9.fi2k\u0390-${unique}@example.com`

const register = (email: string, password = PASSWORD) => server.post('/register', { email, password })
const login = (email: string, password = PASSWORD) => server.post('/login', { email, password })

const escaped = (text: string): string =>
  text.replaceAll(unique, '…').replaceAll(/[^\x20-\x7e]/gu, (sign) => `U+${sign.codePointAt(0)?.toString(16)}`)

describe('one address', () => {
  let id: string
  let other: Account
  before(async () => {
    id = (await register(ADDRESS)).body.user.id
    other = await registered(server)
  })

  for (const spelling of [
    ADDRESS.normalize('NFD'),
    ADDRESS.toUpperCase(),
    ADDRESS.normalize('NFD').toUpperCase(),
    ` ${ADDRESS}\t`,
    `\u00a0${ADDRESS}\u3000`,
    `\ufeff${ADDRESS}\u2028\r\n`,
    ADDRESS.replace('@', '\uff20'),
    ADDRESS.replaceAll('.', '\uff0e'),
    ADDRESS.replace('example', '\uff45\uff38ample'),
    ADDRESS.replace('fi', '\ufb01'),
    ADDRESS.replace('2', '\u00b2'),
    ADDRESS.replace('2', '\u2461'),
    ADDRESS.replace('k', '\u212a'),
    ADDRESS.replace('j', '\u{1d4d9}'),
    ADDRESS.replace('com', '\u2102om'),
  ]) {
    it(`is one account, also as ${escaped(spelling)}`, async () => {
      assert.notEqual(spelling, ADDRESS)
      const again = await register(spelling, 'another battery, another horse')
      assert.deepEqual([again.status, again.body.code], [409, 'email_taken'])
      const json = { email: spelling, currentPassword: PASSWORD }
      const change = await server.send('PATCH', '/userdetails', { token: other.token, json })
      assert.deepEqual([change.status, change.body.code], [409, 'email_taken'])
      const { status, body } = await login(spelling)
      assert.deepEqual([status, body.user?.id, body.user?.email], [200, id, ADDRESS])
    })
  }
})

describe('a look-alike', () => {
  const plain = `josepha+i-${unique}@example.com`
  before(() => register(plain))

  for (const lookalike of [
    plain.replace('a', '\u0430'),
    plain.replace('o', '\u03bf'),
    plain.replace('+i', '+\u0131'),
    plain.replace('+i', '+l'),
    plain.replace('e', '\u00e9'),
    plain.replace('+i', ''),
    plain.replace('josepha', 'jo.sepha'),
    plain.replace('example', 'ex\u0430mple'),
    plain.replace('example', 'exarnple'),
    plain.replace('@', '@mail.'),
  ]) {
    it(`is another account: ${escaped(lookalike)}`, async () => {
      assert.equal((await login(lookalike)).status, 401)
      assert.equal((await register(lookalike, 'another battery, another horse')).status, 201)
      assert.equal((await login(plain, 'another battery, another horse')).status, 401)
      assert.equal((await login(plain)).status, 200)
    })
  }

  for (const sign of [
    ...[
      '\u200b',
      '\u200c',
      '\u200d',
      '\u2060',
      '\u00ad',
      '\u180e',
      '\ufeff',
      '\u202e',
      '\u2066',
      '\u{e0061}',
      '\u034f',
      '\ufe0f',
      '\u3164',
    ],
    ...[
      '\u0000',
      '\u0007',
      '\u001b',
      '\u007f',
      '\u0085',
      '\r\n',
      '\n',
      '\t',
      ' ',
      '\u00a0',
      '\u2028',
      '\ufff0',
      '\ue000',
    ],
  ]) {
    it(`is none that only what does not show tells apart: ${escaped(sign)}`, async () => {
      const hidden = plain.replace('joseph', `jo${sign}seph`)
      const { status, body } = await register(hidden)
      assert.deepEqual([status, body.errors?.[0].pointer], [400, '/email'])
      assert.equal((await login(hidden)).status, 400)
    })
  }
})
