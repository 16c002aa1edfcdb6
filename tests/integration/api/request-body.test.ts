import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { registered } from '../../support/accounts.ts'
import { answersIn, answersTo, openConnection } from '../../support/raw-connection.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const LIMIT_BYTES = 16_384

const server = await serverOfThisFile()
const user = await registered(server)

describe('a request body', () => {
  const login = (body: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
    server.send('POST', '/login', { body, headers })

  const good = (): string => JSON.stringify({ email: user.email, password: 'wrong' })

  /** The statuses of a request whose body comes in chunks. */
  async function chunked(chunks: readonly string[], { trailer = '', first = 'POST /login', headers = '' } = {}) {
    const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
    const own = `Host: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n${headers}`
    const answers = await answersTo(server.port, `${first} HTTP/1.1\r\n${own}\r\n${body}0\r\n${trailer}\r\n`)
    return answers.map(({ status }) => status)
  }

  for (const type of [
    ...['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'],
    ...['application/json ; charset=utf-8', 'application/json;', 'application/json; profile=x'],
  ]) {
    it(`is read as ${type}`, async () => assert.equal((await login(good(), { 'content-type': type })).status, 401))
  }

  for (const type of [
    ...['', 'x', '*/*', 'text/plain', 'text/json', 'application/xml', 'application/octet-stream', 'application/json5'],
    ...[
      'application/jsonp',
      'application/ld+json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ],
    ...['application/json, text/plain', 'text/plain, application/json', 'application/json/x', 'application/json utf-8'],
    ...['application/json; charset=utf-16', 'application/json; charset=utf-32', 'application/json; charset=iso-8859-1'],
    ...[
      'application/json; charset=utf-7',
      'application/json; charset=',
      'application/json; charset=utf-8; charset=utf-16',
    ],
  ]) {
    it(`is not read as "${type}"`, async () => {
      const answer = await login(Buffer.from(good()), { 'content-type': type })
      assert.equal(answer.status, 415)
      assert.equal(answer.body.code, 'unsupported_media_type')
    })
  }

  it('is never what a form of another site can send', async () => {
    for (const path of ['/login', '/register', '/refresh', '/logout']) {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const answer = await server.send('POST', path, { body: good(), headers: { 'content-type': type } })
        assert.equal(answer.status, 415, path)
      }
    }
  })

  for (const [encoding, compress] of [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['compress', gzipSync],
    ['gzip, br', (bytes: Buffer) => brotliCompressSync(gzipSync(bytes))],
    ['identity, gzip', gzipSync],
    ['gzip, identity', gzipSync],
    ['unknown', (bytes: Buffer) => bytes],
  ] as const) {
    it(`is not read where its encoding is ${encoding}`, async () => {
      const answer = await login(compress(Buffer.from(good())), { ...JSON_TYPE, 'content-encoding': encoding })
      assert.equal(answer.status, 415)
      assert.equal(answer.body.code, 'unsupported_media_type')
    })
  }

  it('is not read where it would be large only when unpacked', async () => {
    const bomb = gzipSync(`{"password":"${'x'.repeat(10_000_000)}"}`)
    assert.ok(bomb.length < LIMIT_BYTES)
    assert.equal((await login(bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' })).status, 415)
  })

  it('is read as it is where its encoding is identity, and compressed is nothing where there is none', async () => {
    assert.equal((await login(good(), { ...JSON_TYPE, 'content-encoding': 'identity' })).status, 401)
    const headers = { 'content-encoding': 'gzip' }
    assert.equal((await server.send('POST', '/userdetails', { token: user.token, headers })).status, 200)
  })

  it('may have 16 kB: more is 413, before its type is looked at', async () => {
    const sized = (bytes: number) => JSON.stringify({ password: '' }).replace('""', `"${'x'.repeat(bytes - 15)}"`)
    assert.equal(sized(LIMIT_BYTES).length, LIMIT_BYTES)
    assert.equal((await login(sized(LIMIT_BYTES - 1))).status, 400)
    assert.equal((await login(sized(LIMIT_BYTES))).status, 400)
    const refused = await login(sized(LIMIT_BYTES + 1))
    assert.deepEqual([refused.status, refused.body.code], [413, 'payload_too_large'])
    assert.equal((await login(sized(LIMIT_BYTES + 1), { 'content-type': 'text/plain' })).status, 413)
    const headers = 'Content-Type: application/json\r\n'
    assert.deepEqual(await chunked([sized(LIMIT_BYTES)], { headers }), [400])
    assert.deepEqual(await chunked([sized(LIMIT_BYTES), ' '], { headers }), [413])
  })

  it('is refused as soon as it is too large, though its end never comes', async () => {
    const connection = await openConnection(server.port)
    const head = 'Host: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n'
    connection.send(`POST /login HTTP/1.1\r\n${head}\r\n5000\r\n${' '.repeat(0x5000)}\r\n`)
    await connection.closed
    assert.deepEqual(
      answersIn(connection.received()).map(({ status }) => status),
      [413],
    )
  })

  it('may come in chunks, with trailers that change nothing', async () => {
    const headers = 'Content-Type: application/json\r\n'
    assert.deepEqual(await chunked(good().split(''), { headers }), [401])
    const trailer = 'Content-Type: text/plain\r\nX-Other: y\r\n'
    assert.deepEqual(await chunked([good()], { headers, trailer }), [401])
    assert.deepEqual(await chunked([good()], { trailer: headers }), [415])
    assert.deepEqual(await chunked([], { headers }), [400])
    const authorization = `Authorization: Bearer ${user.token}\r\n`
    assert.deepEqual(await chunked([], { first: 'POST /userdetails', headers: headers + authorization }), [200])
  })

  it('is refused where none belongs, whatever the method', async () => {
    for (const [method, path, status] of [
      ['POST', '/userdetails', 200],
      ['GET', '/userdetails', 200],
      ['HEAD', '/userdetails', 200],
      ['DELETE', '/sessions', 204],
    ] as const) {
      const headers = `Content-Type: application/json\r\nAuthorization: Bearer ${user.token}\r\n`
      const statusesWith = (body: string, type = headers) =>
        chunked([body], { first: `${method} ${path}`, headers: type })
      assert.deepEqual(await statusesWith('{}'), [status], method)
      for (const body of ['{"id":1}', '[]', 'null', 'x'])
        assert.deepEqual(await statusesWith(body), [400], `${method} ${body}`)
      assert.deepEqual(await statusesWith('x'.repeat(LIMIT_BYTES + 1)), [413], method)
      assert.deepEqual(await statusesWith('{}', headers.replace('json', 'xml')), [415], method)
    }
  })
})
