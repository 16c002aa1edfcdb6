import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const user = await registered(server)

const send = (body: string | Buffer) =>
  server.send('POST', '/login', { body, headers: { 'content-type': 'application/json' } })

/** Where the body is wrong: nowhere in particular where it could not be read at all. */
async function pointersOf(body: string | Buffer): Promise<string[]> {
  const answer = await send(body)
  assert.equal(answer.status, 400)
  assert.equal(answer.body.code, 'invalid_request')
  return answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)
}

/** A body that is right but for one value. */
const withValue = (value: string): string => `{"email":"a@example.com","password":"x","cookie":${value}}`

const name = (text: string): string =>
  text.replaceAll(/[^\x20-\x7e]/g, (sign) => `U+${sign.charCodeAt(0).toString(16)}`)

describe('a value in a JSON text', () => {
  for (const value of [
    ...['0', '-0', '-1', '1.5', '1e2', '1E+2', '0.1e-7', '1e400', '-1e400', '1e-400', '9007199254740993'],
    ...['1'.repeat(1000), `0.${'1'.repeat(1000)}`, 'null', '[]', '{}', '[[]]', '[null, 1, "1", {}]', '{"":0}'],
    ...['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u0000"', '"\\ud83d\\ude00"', '"\\uD800"', '"\\udc00\\ud800"', '"\x7f"'],
    ...['"\u2028\u2029"', '"\uffff"', '"\u{1fffe}"', '"😀"', ' [ ] ', '\t\n\r1\t\n\r', '{"a":{"b":{"c":[{"d":1}]}}}'],
    ...['{"a":":","b":"\\":\\"","c":"\\\\"}', '["\\\\\\"","x"]', `${'['.repeat(8000)}${']'.repeat(8000)}`],
    `${'{"a":'.repeat(2500)}1${'}'.repeat(2500)}`,
  ]) {
    it(`is read as ${name(value).slice(0, 40)}`, async () => {
      assert.deepEqual(await pointersOf(withValue(value)), ['/cookie'])
    })
  }

  for (const value of [
    ...['', ',', ':', '[', ']', '{', '}', '[1,]', '[,1]', '[1,,2]', '[1:2]', '[1 2]', '["a" "b"]', '[1', '[1}', '1]'],
    ...['{"a":1,}', '{,}', '{a:1}', "{'a':1}", '{"a" 1}', '{"a"::1}', '{"a":1 "b":2}', '{1:2}', '{"a"}', '{"a":}'],
    ...[
      '{null:1}',
      '{[]:1}',
      '{"a":1',
      'tru',
      'nul',
      'fals',
      'TRUE',
      'True',
      'None',
      'undefined',
      'NaN',
      '-NaN',
      'nan',
    ],
    ...['Infinity', '-Infinity', '+1', '01', '-01', '00', '-', '--1', '- 1', '1.', '.1', '-.1', '1e', '1e+', '1e1.5'],
    ...['1eE2', '1 000', '1_000', '1,000', '0x1F', '0b1', '0o7', '1n', '1.2.3', '\uff11', '\u0661', 'a', '@', '$ref'],
    ...[
      '"',
      '"a',
      "'a'",
      '`a`',
      '"\\x41"',
      '"\\a"',
      '"\\"',
      '"\\u00"',
      '"\\u00g0"',
      '"\\U0041"',
      '"\\ud800\\u"',
      '"\\0"',
    ],
    ...[
      '"a\nb"',
      '"a\tb"',
      '"a\rb"',
      '"\0"',
      '"\x1f"',
      '"a"b"',
      '\u201ca\u201d',
      '"a" + "b"',
      '1 // x',
      '/* x */ 1',
      '# x',
    ],
    ...[
      '1;',
      '1\f',
      '1\v',
      '1\u00a0',
      '1\u2028',
      '1\ufeff',
      '1\0',
      '\\u0031',
      '[1]]',
      '(1)',
      '<a/>',
      '1\n---\n2',
      '!!js 1',
    ],
    ...['['.repeat(8000), '{"a":'.repeat(3000), '[{'.repeat(4000), ']'.repeat(8000)],
  ]) {
    it(`is no value as ${name(value).slice(0, 40)}`, async () => {
      assert.deepEqual(await pointersOf(withValue(value)), [''])
    })
  }
})

describe('a JSON text', () => {
  const good = withValue('false')

  for (const [why, body] of [
    ['white space around it', ` \t\r\n${good}\n\n`],
    ['white space in it', JSON.stringify(JSON.parse(good), null, '\t')],
    ['keys that are escaped', good.replace('email', '\\u0065\\u006Dail')],
    ['its keys in another order', '{"cookie":false,"password":"x","email":"a@example.com"}'],
  ] as const) {
    it(`may have ${why}`, async () => assert.equal((await send(body)).status, 401))
  }

  for (const [why, body] of [
    ['white space only', ' \n'],
    ['a byte order mark', `\ufeff${good}`],
    ['a byte order mark twice', `\ufeff\ufeff${good}`],
    ['another text behind it', `${good}${good}`],
    ['another text in the next line', `${good}\n${good}`],
    ['a comma behind it', `${good},`],
    ['a bracket behind it', `${good}}`],
    ['a zero byte behind it', `${good}\0`],
    ['a guard before it', `)]}',\n${good}`],
    ['a record separator before it', `\x1e${good}`],
    ['a list around it', `[${good}]`],
    ['a string around it', JSON.stringify(good)],
    ['a callback around it', `login(${good})`],
    ['no text at all, but null', 'null'],
    ['no text at all, but a number', '0'],
    ['UTF-16', Buffer.from(good, 'utf16le')],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${good}`, 'utf16le')],
    ['UTF-32', Buffer.concat(Array.from(good, (sign) => Buffer.from([0, 0, 0, sign.charCodeAt(0)])))],
    ['Latin-1', Buffer.from(good.replace('"x"', '"\xe9"'), 'latin1')],
    ['an overlong slash', Buffer.from(good.replace('"x"', '"\xc0\xaf"'), 'latin1')],
    ['an overlong quotation mark', Buffer.from(good.replace('"x"', '"\xc0\xa2"'), 'latin1')],
    ['half a character', Buffer.from(good.replace('"x"', '"\xf0\x9f\x98"'), 'latin1')],
    ['a surrogate in UTF-8', Buffer.from(good.replace('"x"', '"\xed\xa0\x80"'), 'latin1')],
    ['a character beyond Unicode', Buffer.from(good.replace('"x"', '"\xf4\x90\x80\x80"'), 'latin1')],
  ] as const) {
    it(`is refused with ${why}`, async () => assert.deepEqual(await pointersOf(body), ['']))
  }

  for (const [why, body] of [
    ['two emails', good.replace('{', '{"email":"b@example.com",')],
    ['two emails that are the same', good.replace('{', '{"email":"a@example.com",')],
    ['two emails, one escaped', good.replace('{', '{"\\u0065mail":"b@example.com",')],
    ['two passwords, the last in front', `{"password":"y",${good.slice(1)}`],
    ['a flag three times', good.replace('}', ',"cookie":true,"cookie":false}')],
    ['two empty keys', withValue('{"":1,"":2}')],
    ['two prototypes', withValue('{"__proto__":1,"__proto__":2}')],
    ['two keys deep in it', withValue('[1,{"a":[[{"b":":","c":1,"b":2}]]}]')],
    ['two keys 2,000 levels deep', withValue(`${'{"a":'.repeat(2000)}{"b":1,"b":2}${'}'.repeat(2000)}`)],
    ['two keys that are numbers', withValue('{"1":1,"1":2}')],
  ] as const) {
    it(`is refused with ${why}`, async () => {
      const answer = await send(body)
      assert.deepEqual(answer.body.errors, [{ pointer: '', message: 'has an object with a key given twice' }])
    })
  }

  it('may have the same key in two objects, and colons in strings', async () => {
    const value = '[{"a":{"a":"a:b\\":"}},{"a":"\\\\","1":1,"01":1,"__proto__":{"__proto__":1}}]'
    assert.deepEqual(await pointersOf(withValue(value)), ['/cookie'])
  })

  for (const [text, read] of [
    ['\\u0041', 'A'],
    ['\\u00e9', 'é'],
    ['\\ud83d\\ude00', '😀'],
    ['\\/\\"\\\\', '/"\\'],
    ['a\\tb\\nc', 'a\tb\nc'],
    ['\u2028', '\u2028'],
    ['\u202eabc', '\u202eabc'],
    ['\\\\u0041', '\\u0041'],
    ['%41&#65;', '%41&#65;'],
  ] as const) {
    // White space around a name is trimmed, which is not what this is about.
    it(`says ${name(`x${read}x`)} by ${name(text)}`, async () => {
      const options = { token: user.token, headers: { 'content-type': 'application/json' } }
      const { body } = await server.send('PATCH', '/userdetails', { ...options, body: `{"name":"x${text}x"}` })
      assert.equal(body.user.name, `x${read}x`)
    })
  }
})
