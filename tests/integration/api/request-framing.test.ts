import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const user = await registered(server)

/** What an attacker would have another reader take for a part of the message before it. */
const SMUGGLED = `GET /verify HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\n`

const post = (headers: string, body: string) =>
  `POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`
const get = (headers: string) => `GET /healthz HTTP/1.1\r\n${headers}\r\n\r\n`
const chunked = (body: string) => post('Transfer-Encoding: chunked', body)

const EMPTY_CHUNK = '0\r\n\r\n'

const refused: Record<string, string> = {
  'both lengths': post('Content-Length: 4\r\nTransfer-Encoding: chunked', EMPTY_CHUNK),
  'both lengths, the other way around': post('Transfer-Encoding: chunked\r\nContent-Length: 4', EMPTY_CHUNK),
  'two lengths': post('Content-Length: 2\r\nContent-Length: 3', '{}'),
  'the same length twice': post('Content-Length: 2\r\nContent-Length: 2', '{}'),
  'a list of lengths': post('Content-Length: 2, 2', '{}'),
  'a length with a plus': post('Content-Length: +2', '{}'),
  'a length below zero': post('Content-Length: -1', '{}'),
  'a length in hexadecimal': post('Content-Length: 0x2', '{}'),
  'a length with an exponent': post('Content-Length: 2e0', '{}'),
  'a length in two parts': post('Content-Length: 2 2', '{}'),
  'a length that is empty': post('Content-Length:', '{}'),
  'a length that no number holds': post('Content-Length: 99999999999999999999', '{}'),
  'an unknown encoding': post('Transfer-Encoding: xchunked', EMPTY_CHUNK),
  'chunks in chunks': post('Transfer-Encoding: chunked, chunked', EMPTY_CHUNK),
  'chunks, said twice': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', EMPTY_CHUNK),
  'chunks or not': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', EMPTY_CHUNK),
  'chunks of something compressed': post('Transfer-Encoding: gzip, chunked', EMPTY_CHUNK),
  'chunks that are not the last': post('Transfer-Encoding: chunked, identity', EMPTY_CHUNK),
  'the encoding identity': post('Transfer-Encoding: identity', EMPTY_CHUNK),
  'no encoding': post('Transfer-Encoding:', EMPTY_CHUNK),
  'an encoding behind a vertical tab': post('Transfer-Encoding: \x0bchunked', EMPTY_CHUNK),
  'an encoding in quotes': post('Transfer-Encoding: "chunked"', EMPTY_CHUNK),
  'an encoding with a space before its colon': post('Transfer-Encoding : chunked', EMPTY_CHUNK),
  'chunks in HTTP/1.0': `POST /login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNK}`,
  'a chunk without a size': chunked('zz\r\n{}\r\n0\r\n\r\n'),
  'a chunk of a size below zero': chunked('-2\r\n{}\r\n0\r\n\r\n'),
  'a chunk of a size with a prefix': chunked('0x2\r\n{}\r\n0\r\n\r\n'),
  'a chunk of a size that no number holds': chunked('ffffffffffffffffff\r\n{}\r\n0\r\n\r\n'),
  'a chunk that is longer than it says': chunked('2\r\n{}x\r\n0\r\n\r\n'),
  'a chunk that ends its size with a line feed': chunked('2\n{}\r\n0\r\n\r\n'),
  'a chunk with a line feed in its extension': chunked('2;a\nb\r\n{}\r\n0\r\n\r\n'),
  'a chunk with 20 kB of extensions': chunked(`2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
  'a header that goes on in the next line': get('Host: x\r\nX-A: b\r\n c'),
  'a header that goes on behind a tab': get('Host: x\r\nX-A: b\r\n\tc'),
  'a first header that goes on': get(' Host: x'),
  'a line that ends with a line feed': get('Host: x\nX-A: b'),
  'a line with a carriage return': get('Host: x\rX-A: b'),
  'lines that all end with a line feed': 'GET /healthz HTTP/1.1\nHost: x\n\n',
  'a zero byte in a header': get('Host: x\r\nX-A: b\0c'),
  'a zero byte in a name': get('Host: x\r\nX\0A: b'),
  'a zero byte in the path': 'GET /heal\0thz HTTP/1.1\r\nHost: x\r\n\r\n',
  'a control character in a header': get('Host: x\r\nX-A: b\x01'),
  'a space before a colon': get('Host : x'),
  'a tab before a colon': get('Host: x\r\nX-A\t: b'),
  'a header without a name': get('Host: x\r\n: b'),
  'a header without a colon': get('Host: x\r\nnonsense'),
  'a name that is no token': get('Host: x\r\nA(b): c'),
  'two hosts': get('Host: x\r\nHost: y'),
  'the same host twice': get('Host: x\r\nhost: x'),
  'no host': get('X-A: b'),
  'the beginning of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'the beginning of TLS': '\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03',
  'a request line without a version': 'GET /healthz\r\n\r\n',
  'a request line with a line end in it': 'GET /healthz\r\n HTTP/1.1\r\nHost: x\r\n\r\n',
}

describe('a message', () => {
  for (const [why, bytes] of Object.entries(refused)) {
    it(`with ${why} is refused, and the last of its connection`, async () => {
      const from = server.logLines.length
      const [answer, ...more] = await answersTo(server.port, bytes + SMUGGLED)
      assert.equal(answer?.status, 400)
      assert.equal(JSON.parse(answer.body).code, 'invalid_request')
      assert.equal(more.length, 0)
      assert.ok(server.logLines.slice(from).every((line) => !line.includes('/verify')))
    })
  }

  it('of one length is followed by the next', async () => {
    for (const bytes of [post('Content-Length: 2', '{}'), chunked('2\r\n{}\r\n0\r\n\r\n')]) {
      const last = SMUGGLED.replace('\r\n', '\r\nConnection: close\r\n')
      const statuses = (await answersTo(server.port, bytes + SMUGGLED + last)).map(({ status }) => status)
      assert.deepEqual(statuses, [400, 204, 204])
    }
  })

  it('takes nothing from its trailers', async () => {
    const trailer = `0\r\nAuthorization: Bearer ${user.token}\r\nX-User-Roles: admin\r\n\r\n`
    for (const path of ['/userdetails', '/verify']) {
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n`
      const last = SMUGGLED.replace('\r\n', '\r\nConnection: close\r\n')
      const answers = await answersTo(server.port, `${head}\r\n2\r\n{}\r\n${trailer}${last}`)
      assert.deepEqual(
        answers.map(({ status }) => status),
        [401, 204],
      )
    }
  })
})
