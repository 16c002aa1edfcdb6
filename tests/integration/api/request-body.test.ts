import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { registered } from '../../support/accounts.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const server = await serverOfThisFile()
const user = await registered(server)

describe('a request body', () => {
  const login = (body: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
    server.send('POST', '/login', { body, headers })

  const good = (): string => JSON.stringify({ email: user.email, password: 'wrong' })

  it('reads one JSON object in UTF-8', async () => {
    assert.equal((await login(good())).status, 401)
    for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"']) {
      assert.equal((await login(good(), { 'content-type': type })).status, 401)
    }
  })

  for (const [why, body] of [
    ['nothing', ''],
    ['text', 'hello'],
    ['half an object', '{"email":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"x"'],
    ['two objects', '{}{}'],
    ['a comment', '{/* */}'],
    ['bad UTF-8', Buffer.from('{"email":"a@example.com","password":"\xff"}', 'latin1')],
    ['an overlong encoding', Buffer.from('{"email":"a@example.com","password":"\xc0\xaf"}', 'latin1')],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['deep nesting', `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`],
    ['an unknown key', '{"email":"a@example.com","password":"x","admin":true}'],
    ['the prototype as a key', '{"email":"a@example.com","password":"x","__proto__":{}}'],
    ['the constructor as a key', '{"email":"a@example.com","password":"x","constructor":{"prototype":{}}}'],
  ] as const) {
    it(`refuses ${why} with 400`, async () => {
      const answer = await login(body)
      assert.equal(answer.status, 400)
      assert.equal(answer.body.code, 'invalid_request')
      assert.ok(answer.body.errors.length > 0)
    })
  }

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16', 'x', '']) {
    it(`refuses the media type "${type}" with 415`, async () => {
      const answer = await login(Buffer.from(good()), { 'content-type': type })
      assert.equal(answer.status, 415)
      assert.equal(answer.body.code, 'unsupported_media_type')
    })
  }

  it('refuses compressed bodies with 415', async () => {
    const answer = await login(gzipSync(good()), { ...JSON_TYPE, 'content-encoding': 'gzip' })
    assert.equal(answer.status, 415)
  })

  it('reads 16 kB and refuses more with 413, before it looks at the type', async () => {
    const sized = (bytes: number) => JSON.stringify({ password: '' }).replace('""', `"${'x'.repeat(bytes - 15)}"`)
    assert.equal(sized(16_384).length, 16_384)
    assert.equal((await login(sized(16_384))).status, 400)
    assert.equal((await login(sized(16_385))).status, 413)
    assert.equal((await login(sized(16_385), { 'content-type': 'text/plain' })).status, 413)
  })

  it('refuses a body of unknown length once it is too large', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const answer = await server.raw(
      `POST /login HTTP/1.1\nHost: x\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n${chunk}${chunk}0\n\n`,
    )
    assert.match(answer, /^HTTP\/1\.1 413 /)
  })

  it('refuses a body where none belongs', async () => {
    const token = user.token
    const withBody = (body: string, headers = JSON_TYPE) =>
      server.send('POST', '/userdetails', { token, body, headers })
    assert.equal((await withBody('{}')).status, 200)
    assert.equal((await withBody('{"id":1}')).status, 400)
    assert.equal((await withBody('x')).status, 400)
    assert.equal((await withBody('x'.repeat(20_000))).status, 413)
  })
})
