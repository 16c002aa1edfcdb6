import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { loggedInAdmin } from '../../support/accounts.ts'
import { assertAccepted, assertForged, encode, forgeFor } from '../../support/forge.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const { header, claims, key, seal } = await forgeFor(server, admin)
const { token } = admin
const [head = '', payload = '', signature = ''] = token.split('.')
const { privateKey: foreign } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** How many elements the group of P-256 has. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const withSignature = (bytes: Buffer): string => `${head}.${payload}.${bytes.toString('base64url')}`
const numbers = (r: bigint, s: bigint): Buffer =>
  Buffer.from([r, s].map((number) => number.toString(16).padStart(64, '0')).join(''), 'hex')
const r = BigInt(`0x${Buffer.from(signature, 'base64url').toString('hex', 0, 32)}`)
const s = BigInt(`0x${Buffer.from(signature, 'base64url').toString('hex', 32)}`)
const inDer = sign('sha256', Buffer.from(`${head}.${payload}`), { key, dsaEncoding: 'der' })
/** The next base64url character: another text, where the bits that it changes are not read. */
const nextTo = (text: string): string => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1)

/** The shortest good token of so many characters or more. */
function ofLength(characters: number): string {
  const short = seal({ claims: { ...claims, x: '' } }).length
  return seal({ claims: { ...claims, x: 'x'.repeat(Math.ceil(((characters - short) * 3) / 4)) } })
}

const rules: Record<string, Record<string, () => string>> = {
  'RFC 8725 §3.3, every signature is checked': {
    'another one': () => `${head}.${payload}.${signature.replace(/^./, (letter) => (letter === '_' ? '-' : '_'))}`,
    'that of another token': () =>
      `${head}.${payload}.${seal({ claims: { ...claims, jti: crypto.randomUUID() } }).split('.')[2]}`,
    'by a key of somebody else': () => seal({ key: foreign }),
    'of a payload that was changed behind it': () => `${head}.${encode({ ...claims, ver: 99 })}.${signature}`,
    'of a header that was changed behind it': () => `${encode({ ...header, x: 1 })}.${payload}.${signature}`,
    'that is empty': () => `${head}.${payload}.`,
    'that is missing': () => `${head}.${payload}`,
    'of 63 bytes': () => withSignature(Buffer.from(signature, 'base64url').subarray(0, 63)),
    'of 65 bytes': () => withSignature(Buffer.concat([Buffer.from(signature, 'base64url'), Buffer.from([0])])),
    'of one byte': () => withSignature(Buffer.from([0])),
    'of 128 bytes': () => withSignature(Buffer.alloc(128, 1)),
    'in DER': () => withSignature(inDer),
    'of zeros': () => withSignature(numbers(0n, 0n)),
    'of zero and one': () => withSignature(numbers(0n, 1n)),
    'of the order': () => withSignature(numbers(ORDER, ORDER)),
    'of a number beyond the order': () => withSignature(numbers(r, s + ORDER < 1n << 256n ? s + ORDER : ORDER)),
    'of its numbers exchanged': () => withSignature(numbers(s, r)),
    'of ones': () => withSignature(Buffer.alloc(64, 0xff)),
    'that is a hash': () => withSignature(createHash('sha512').update(`${head}.${payload}`).digest()),
    'with bits that nothing reads': () => nextTo(token),
  },
  'RFC 7515 §7.1, a token has three parts': {
    nothing: () => '.',
    'two dots': () => '..',
    'one part': () => head,
    'four parts': () => `${token}.x`,
    'an empty fourth part': () => `${token}.`,
    'an empty header': () => `.${payload}.${signature}`,
    'an empty payload': () => `${head}..${signature}`,
    'five parts, as what is encrypted': () => `${encode({ alg: 'dir', enc: 'A256GCM' })}..AAAA.AAAA.AAAA`,
    'five parts, with a key on another curve': () =>
      `${encode({ alg: 'ECDH-ES', enc: 'A128GCM', epk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } })}..AAAA.AAAA.AAAA`,
    'another token for its payload': () => seal({ header: { ...header, cty: 'JWT' }, claims: token }),
    'the form of JSON': () => JSON.stringify({ payload, protected: head, signature }),
  },
  'RFC 7515 §2, a token is base64url': {
    padding: () => `${head}.${payload}.${signature}==`,
    'padding in its header': () => `${head}=.${payload}.${signature}`,
    'padding in its payload': () => `${head}.${payload}=.${signature}`,
    'bits that nothing reads in its header': () => `${nextTo(head)}.${payload}.${signature}`,
    'bits that nothing reads in its payload': () => `${head}.${nextTo(payload)}.${signature}`,
    'the other alphabet': () => withSignature(Buffer.alloc(64, 0xfb)).replaceAll('-', '+').replaceAll('_', '/'),
    'a space in it': () => `${head}. ${payload}.${signature}`,
    'a space behind a part': () => `${head}.${payload} .${signature}`,
    'a tab in it': () => `${head}.\t${payload}.${signature}`,
    'a letter that is not ASCII': () => `${head}.${payload}\u00e9.${signature}`,
    'a dot of percent': () => token.replace('.', '%2E'),
    'percent in front': () => `%${token}`,
    quotes: () => `"${token}"`,
    'a comma and another one': () => `${token},${token}`,
    'a space and another one': () => `${token} ${token}`,
    'the scheme again': () => `Bearer ${token}`,
    'a parameter': () => `${token}; x=1`,
    'a space in front': () => ` ${token}`,
    'a comma behind it': () => `${token},`,
  },
  'its length': {
    '4,098 characters': () => ofLength(4_098),
    '5,000 characters': () => ofLength(5_000),
    '15,000 characters': () => ofLength(15_000),
    '15,000 dots': () => '.'.repeat(15_000),
  },
}

describe('a text is no token by', () => {
  for (const [rule, forgeries] of Object.entries(rules)) {
    describe(`${rule}:`, () => {
      it('but not where all is right', () => assertAccepted(server, seal()))
      for (const [why, forge] of Object.entries(forgeries)) {
        it(`is refused: ${why}`, async () => {
          assert.notEqual(forge(), token)
          await assertForged(server, forge())
        })
      }
    })
  }

  it('its length up to 4,096 characters', async () => {
    assert.equal(ofLength(4_096).length, 4_096)
    // Base64url has no payload for 4,097.
    assert.equal(ofLength(4_097).length, 4_098)
    await assertAccepted(server, ofLength(4_096))
  })
})
