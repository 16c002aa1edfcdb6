import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loggedInAdmin } from '../../support/accounts.ts'
import { assertAccepted, assertForged, claimsText, forgeFor, type Part } from '../../support/forge.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const { claims, seal } = await forgeFor(server, admin)

const origin = String(claims.iss)
const now = Number(claims.iat)
const text = JSON.stringify(claims)

const change = (more: object) => ({ ...claims, ...more })
const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name))
/** One claim with each of these values. */
const each = (claim: string, values: readonly unknown[]): Record<string, Part> =>
  Object.fromEntries(
    values.map((value) => [`${claim} ${JSON.stringify(value).slice(0, 50)}`, change({ [claim]: value })]),
  )
/** One claim, written as it stands. */
const written = (claim: string, values: readonly string[]): Record<string, Part> =>
  Object.fromEntries(values.map((value) => [`${claim} ${value}`, claimsText(without(claim), `"${claim}":${value}`)]))

const NO_TEXT = [null, true, 0, 7, [], ['x'], {}, { $ne: null }]
const NO_NUMBER = [null, true, '', '1', '9999999999', `${now + 600}`, [], [now + 600], {}, 0.5]

/** All signed with the real key, so nothing but the claims gives them away. */
const rules: Record<string, Record<string, Part>> = {
  'RFC 8725 §3.7, a payload is UTF-8': {
    'UTF-16': Buffer.from(text, 'utf16le'),
    'UTF-16 with a mark': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'a byte order mark': `\ufeff${text}`,
    'Latin-1': Buffer.from(JSON.stringify(change({ email: 'jos\u00e9@example.com' })), 'latin1'),
    'an overlong slash': Buffer.from(claimsText(claims, '"x":"\xc0\xaf"'), 'latin1'),
    'a surrogate': Buffer.from(claimsText(claims, '"x":"\xed\xa0\x80"'), 'latin1'),
    'a lone surrogate, escaped': claimsText(claims, '"x":"\\uD800"'),
    'a letter that is escaped for no reason': text.replace('"sub"', '"s\\u0075b"'),
  },
  'RFC 8725 §3.8, issuer and subject are checked': {
    ...each('iss', [
      ...NO_TEXT,
      '',
      'https://other.example',
      `${origin}/`,
      `${origin} `,
      origin.toUpperCase(),
      [origin],
    ]),
    ...each('sub', [
      ...NO_TEXT,
      '',
      'admin',
      '1',
      '*',
      `${admin.id} `,
      `${admin.id}\u0000`,
      admin.id.slice(1),
      [admin.id],
    ]),
    'no iss': without('iss'),
    'no sub': without('sub'),
  },
  'RFC 8725 §3.9, the audience is checked': {
    ...each('aud', [
      ...NO_TEXT,
      '',
      '*',
      'https://other.example',
      `${origin}/`,
      `${origin}.evil.example`,
      `${origin},x`,
    ]),
    ...each('aud', [[], [origin], [origin, 'https://other.example'], ['https://other.example'], [null]]),
    'no aud': without('aud'),
  },
  'RFC 8725 §3.12, each kind has its own claims': {
    ...each('sid', [...NO_TEXT, '', 'x']),
    ...each('jti', [...NO_TEXT, '', 'x']),
    ...each('client_id', NO_TEXT),
    ...each('email', NO_TEXT),
    ...each('roles', [null, true, 'admin', 'user,admin', {}, { 0: 'admin' }, [['admin']], [null], [1], ['admin', 7]]),
    ...each('ver', [...NO_NUMBER, '0', -0.5]),
    ...Object.fromEntries(
      ['sid', 'jti', 'client_id', 'email', 'roles', 'ver'].map((name) => [`no ${name}`, without(name)]),
    ),
    'the claims of an id token': { iss: origin, aud: origin, sub: admin.id, iat: now, exp: now + 600, nonce: 'x' },
    'the claims of a refresh token': { iss: origin, sub: admin.id, iat: now, exp: now + 600, scope: 'refresh' },
    'nothing at all': {},
  },
  'RFC 7519 §4.1, times are numbers that hold': {
    ...each('exp', [...NO_NUMBER, 0, -1, now, now - 1, now + 600.5, 1e15, now + 86_401, -1e15]),
    ...written('exp', [
      '1e400',
      '-1e400',
      '1e15',
      '1e21',
      '9007199254740993',
      `${now + 600}.0`,
      `${now + 600}e0`,
      '-0',
    ]),
    ...each('iat', [...NO_NUMBER, now + 60, now + 0.5, 1e15, 0, -1]),
    ...written('iat', ['1e400', '-1e400', `${now}.0`]),
    ...each('nbf', [now + 60, 1e15, '0', `${now}`, true, [], {}]),
    ...written('nbf', ['1e400']),
    'no exp': without('exp'),
    'no iat': without('iat'),
  },
  'RFC 7519 §4, a claim is there once': {
    'sub twice': claimsText(claims, `"sub":"${crypto.randomUUID()}"`),
    'sub twice, the same': claimsText(claims, `"sub":"${admin.id}"`),
    'roles twice': claimsText(claims, '"roles":["admin"]'),
    'exp twice': claimsText(claims, `"exp":${now + 600}`),
    'aud twice': claimsText(change({ aud: 'x' }), `"aud":"${origin}"`),
    'sub twice, once escaped': claimsText(claims, `"\\u0073ub":"${admin.id}"`),
    'a prototype twice': claimsText(claims, '"__proto__":1,"__proto__":2'),
    'a key twice, deep in it': claimsText(claims, '"x":[{"a":1,"a":2}]'),
  },
  'RFC 7519 §7.2, a payload is an object': {
    'a string': '"admin"',
    'a list': '[1]',
    'a list of claims': `[${text}]`,
    null: 'null',
    true: 'true',
    'a number': '1',
    text: 'hello',
    'no text': ' ',
    'half an object': text.slice(0, -1),
    'two objects': text + text,
    'a string that holds the claims': JSON.stringify(text),
    'a comment': `${text}/**/`,
    'white space around it': ` ${text}`,
    'a line end behind it': `${text}\n`,
    'white space in it': JSON.stringify(claims, null, 1),
    'a zero byte behind it': `${text}\0`,
    '500 levels of lists': `${'['.repeat(500)}${']'.repeat(500)}`,
  },
}

describe('a token that is well signed is refused by', () => {
  for (const [rule, forgeries] of Object.entries(rules)) {
    describe(`${rule}:`, () => {
      it('but not where all is right', () =>
        assertAccepted(server, seal({ claims: change({ jti: crypto.randomUUID() }) })))
      for (const [why, forged] of Object.entries(forgeries))
        it(`is refused: ${why}`, () => assertForged(server, seal({ claims: forged })))
    })
  }

  it('nothing, where it says more than it must, or holds from now on', async () => {
    await assertAccepted(server, seal({ claims: change({ scope: 'x', nested: { __proto: [1, null] } }) }))
    await assertAccepted(server, seal({ claims: change({ nbf: now }) }))
    await assertAccepted(server, seal({ claims: change({ exp: now + 86_400 }) }))
    await assertAccepted(server, seal({ claims: change({ email: 'jos\u00e9@example.com' }) }))
  })

  it('the route that takes another kind of token', async () => {
    assert.equal((await server.post('/refresh', { refreshToken: admin.token })).body.code, 'invalid_refresh_token')
    await assertForged(server, admin.refreshToken)
    await assertAccepted(server, admin.token)
  })
})
