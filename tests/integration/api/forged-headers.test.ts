import assert from 'node:assert/strict'
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { loggedInAdmin } from '../../support/accounts.ts'
import { assertAccepted, assertForged, encode, forgeFor, type Part } from '../../support/forge.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const { header, claims, key, seal } = await forgeFor(server, await loggedInAdmin(server))

/** Where a header says that keys are to be found; whoever looks is counted. */
let visitors = 0
const listener = createServer((socket) => {
  visitors += 1
  socket.destroy()
}).listen(0, '127.0.0.1')
await once(listener, 'listening')
after(() => listener.close())
const elsewhere = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/keys.json`

const publicKey = createPublicKey(key)
const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const foreignJwk = foreign.publicKey.export({ format: 'jwk' })

const withHeader = (more: object) => () => seal({ header: { ...header, ...more } })
const headerText = (text: string) => () => seal({ header: text })

/** With another algorithm, and a signature by it. */
function signed(alg: string, signature: (bytes: Buffer) => Buffer, head: Part = { ...header, alg }): string {
  const text = `${encode(head)}.${encode(claims)}`
  return `${text}.${signature(Buffer.from(text)).toString('base64url')}`
}
const hmac = (hash: string, secret: string | Buffer) => (bytes: Buffer) =>
  createHmac(hash, secret).update(bytes).digest()
const by = (hash: string | null, other: KeyObject) => (bytes: Buffer) =>
  sign(hash, bytes, { key: other, dsaEncoding: 'ieee-p1363' })

const pem = publicKey.export({ format: 'pem', type: 'spki' })
const der = publicKey.export({ format: 'der', type: 'spki' })
const jwk = publicKey.export({ format: 'jwk' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey
const ed25519 = generateKeyPairSync('ed25519').privateKey

const NONE = ['none', 'None', 'NONE', 'nOnE', 'none ', '\u0000none', '']

const rules: Record<string, Record<string, () => string>> = {
  '3.1, the algorithm is ours': {
    ...Object.fromEntries(
      NONE.flatMap((alg) => [
        [`alg ${JSON.stringify(alg)} and no signature`, () => `${encode({ ...header, alg })}.${encode(claims)}.`],
        [`alg ${JSON.stringify(alg)} and a signature`, () => seal({ header: { ...header, alg } })],
      ]),
    ),
    'HS256 with our public key as its secret': () => signed('HS256', hmac('sha256', pem)),
    'HS256 with our public key without its last line end': () => signed('HS256', hmac('sha256', String(pem).trim())),
    'HS256 with our public key in DER': () => signed('HS256', hmac('sha256', der)),
    'HS256 with our public key as a JWK': () => signed('HS256', hmac('sha256', JSON.stringify(jwk))),
    'HS256 with a coordinate of our public key': () =>
      signed('HS256', hmac('sha256', Buffer.from(jwk.x ?? '', 'base64url'))),
    'HS384 with our public key as its secret': () => signed('HS384', hmac('sha384', pem)),
    'HS512 with our public key as its secret': () => signed('HS512', hmac('sha512', pem)),
    'ES256 said, HS256 done': () => signed('ES256', hmac('sha256', pem)),
    'alg es256': withHeader({ alg: 'es256' }),
    'alg ES256K': withHeader({ alg: 'ES256K' }),
    'alg ES384': withHeader({ alg: 'ES384' }),
    'alg that is a list': withHeader({ alg: ['ES256'] }),
    'alg that is nothing': withHeader({ alg: null }),
    'no alg': () => seal({ header: { typ: header.typ, kid: header.kid } }),
    'alg twice, none last': headerText(JSON.stringify(header).replace('}', ',"alg":"none"}')),
    'alg twice, none first': headerText(JSON.stringify(header).replace('{', '{"alg":"none",')),
    'alg twice, both ours': headerText(JSON.stringify(header).replace('{', '{"alg":"ES256",')),
  },
  '3.2 and 3.5, algorithms and keys are strong': {
    'a key of another curve': () => signed('ES384', by('sha384', p384)),
    'a key of another curve, said to be ours': () => signed('ES256', by('sha256', p384)),
    'a key of secp256k1': () => signed('ES256', by('sha256', secp256k1)),
    'an RSA key of 1024 bits': () => signed('RS256', by('sha256', rsa)),
    'an Ed25519 key': () => signed('EdDSA', by(null, ed25519)),
    'an empty secret': () => signed('HS256', hmac('sha256', '')),
    'a secret that everybody guesses': () => signed('HS256', hmac('sha256', 'secret')),
    'a zero byte as its secret, known as a path': () =>
      signed('HS256', hmac('sha256', '\0'), { ...header, kid: '/dev/null' }),
  },
  '3.6, nothing is compressed': {
    zip: withHeader({ zip: 'DEF' }),
    'zip, and a payload that is': () =>
      seal({ header: { ...header, zip: 'DEF' }, claims: deflateRawSync(JSON.stringify(claims)) }),
    'a payload that is, and nothing said of it': () => seal({ claims: deflateRawSync(JSON.stringify(claims)) }),
  },
  '3.10, what a header says is not trusted': {
    ...Object.fromEntries(
      [
        ...[
          'other',
          '',
          ' ',
          '../../../../dev/null',
          '/proc/self/environ',
          'keys/1.pem',
          "' OR '1'='1",
          '1; DROP TABLE users',
        ],
        ...[
          "x' UNION SELECT 'key",
          '$(id)',
          '| id',
          '__proto__',
          'constructor',
          'toString',
          '*',
          `${header.kid}\u0000`,
        ],
        ...[
          ` ${header.kid}`,
          `${header.kid} `,
          header.kid.toUpperCase(),
          header.kid.slice(1),
          `${header.kid}${header.kid}`,
        ],
        ...['k'.repeat(2000), elsewhere, 0, 1, true, null, [], [header.kid], { kid: header.kid }],
      ].map((kid) => [`kid ${JSON.stringify(kid).slice(0, 40)}`, withHeader({ kid })]),
    ),
    'no kid': () => seal({ header: { alg: header.alg, typ: header.typ } }),
    'kid twice': headerText(JSON.stringify(header).replace('}', `,"kid":"${header.kid}"}`)),
    'a jku': withHeader({ jku: elsewhere }),
    'an x5u': withHeader({ x5u: elsewhere }),
    'a jku, and the key that is found there': () =>
      seal({ header: { ...header, jku: elsewhere, x5u: elsewhere }, key: foreign.privateKey }),
    'a jwk of its own': () => seal({ header: { ...header, jwk: foreignJwk }, key: foreign.privateKey }),
    'a jwk of ours': withHeader({ jwk }),
    'an x5c of its own': () => seal({ header: { ...header, x5c: ['MIIB'] }, key: foreign.privateKey }),
    'an x5t': withHeader({ x5t: 'AAAA', 'x5t#S256': 'AAAA' }),
    'a key of somebody else': () => seal({ key: foreign.privateKey }),
    crit: withHeader({ crit: ['b64'] }),
    'crit that is empty': withHeader({ crit: [] }),
    'crit that names what nobody knows': withHeader({ crit: ['exp'], exp: 1 }),
    'b64 false': withHeader({ b64: false, crit: ['b64'] }),
    'b64 true': withHeader({ b64: true }),
    'a prototype': headerText(JSON.stringify(header).replace('}', ',"__proto__":{"alg":"none"}}')),
    'its members in another order': headerText(JSON.stringify({ typ: header.typ, alg: header.alg, kid: header.kid })),
    'white space': headerText(JSON.stringify(header, null, 1)),
    'an escaped letter': headerText(JSON.stringify(header).replace('ES256', '\\u0045S256')),
    'a byte order mark': headerText(`\ufeff${JSON.stringify(header)}`),
  },
  '3.11, the type is named': {
    ...Object.fromEntries(
      [
        'JWT',
        'jwt',
        'AT+JWT',
        'at+JWT',
        'application/at+jwt',
        'at',
        'id+jwt',
        'logout+jwt',
        'dpop+jwt',
        '',
        null,
        ['at+jwt'],
      ].map((typ) => [`typ ${JSON.stringify(typ)}`, withHeader({ typ })]),
    ),
    'no typ': () => seal({ header: { alg: header.alg, kid: header.kid } }),
    'a cty': withHeader({ cty: 'JWT' }),
    'typ JWT and a payload that is no JSON': () => seal({ header: { ...header, typ: 'JWT' }, claims: 'hello' }),
  },
}

describe('a token is refused by RFC 8725', () => {
  for (const [rule, forgeries] of Object.entries(rules)) {
    describe(`§${rule}:`, () => {
      it('but not where all is right', () => assertAccepted(server, seal()))
      for (const [why, forge] of Object.entries(forgeries))
        it(`is refused: ${why}`, () => assertForged(server, forge()))
    })
  }

  it('and nobody looks for a key where a token says', () => assert.equal(visitors, 0))
})
