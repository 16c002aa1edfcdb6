import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { registered } from '../../support/accounts.ts'
import { answersTo } from '../../support/raw-connection.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const user = await registered(server)

/** One request with a good token, sent as it stands; its connection ends with it. */
async function ask(first: string, headers = 'Host: x\r\n') {
  const own = `Authorization: Bearer ${user.token}\r\nConnection: close\r\n`
  const [answer, ...more] = await answersTo(server.port, `${first}\r\n${headers}${own}\r\n`)
  assert.ok(answer)
  assert.equal(more.length, 0)
  return { ...answer, code: answer.body === '' ? null : JSON.parse(answer.body).code }
}

async function assertRefused(first: string, headers?: string): Promise<void> {
  const { status, code } = await ask(first, headers)
  assert.deepEqual([status, code], [400, 'invalid_request'])
}

describe('a request target', () => {
  for (const target of [
    'http://evil.example/userdetails',
    `http://127.0.0.1:${server.port}/userdetails`,
    'https://evil.example/verify',
    'evil.example:80',
    '*',
    'userdetails',
    '?limit=1',
    '/userdetails#x',
    '/verify#x',
    '/userdetails\xa0',
    '/moviedata?q=ü',
  ]) {
    it(`is refused as ${target}`, () => assertRefused(`GET ${target} HTTP/1.1`))
  }

  it('keeps what is no part of a path out of the decision', async () => {
    assert.equal((await ask('GET /moviedata?q=//../%2f\\ HTTP/1.1')).status, 200)
    assert.equal((await ask('GET /verify?role=user&role=%2e%2e%2f HTTP/1.1')).status, 204)
  })

  for (const path of [
    '//userdetails',
    '/userdetails//',
    '/./userdetails',
    '/moviedata/../userdetails',
    '/moviedata/..',
    '/moviedata/.',
    '/moviedata/..;/userdetails',
    '/moviedata/..\\userdetails',
    '/\\userdetails',
    '/userdetails\\',
    '/moviedata/%2e%2e/userdetails',
    '/moviedata/.%2E/userdetails',
    '/moviedata/..%2fuserdetails',
    '/moviedata/..%5Cuserdetails',
    '/moviedata/%252e%252e%252fuserdetails',
    '/moviedata%2Fx',
    '/roles/a%2fb',
    '/userdetails%00',
    '//verify',
    '/verify%2f..%2fhealthz',
    '/verify\\..\\healthz',
  ]) {
    it(`leads nowhere as ${path}`, async () => {
      const { status } = await ask(`GET ${path} HTTP/1.1`)
      assert.ok([400, 404, 405].includes(status), `${status}`)
    })
  }

  for (const path of ['/%ff', '/userdetails/%', '/verify/%ff', '/verify/%E0%A4%A', '\\userdetails']) {
    it(`is refused as ${path}`, () => assertRefused(`GET ${path} HTTP/1.1`))
  }

  for (const path of ['/verify/a%2fb', '/verify/100%25', '/verify//healthz', '/verify/../healthz', '/verify/a\\b']) {
    it(`is what a gateway was asked for as ${path}, and opens nothing`, async () => {
      assert.equal((await ask(`GET ${path} HTTP/1.1`)).status, 204)
      const [answer] = await answersTo(server.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      assert.equal(answer?.status, 401)
    })
  }

  for (const [path, status] of [
    ['/verify/a.b/..c/d..', 204],
    ['/verify/%C3%BC', 204],
    ['/.well-known/jwks.json', 200],
    ['/.git/config', 404],
    ['/%75serdetails', 404],
    ['/%76erify', 404],
    ['/verify;x', 404],
    ['/userdetails;x', 404],
    ['/userdetails%20', 404],
    ['/UserDetails', 404],
    ['/userdetails/', 404],
  ] as const) {
    it(`is ${path}, read in one way: ${status}`, async () => {
      assert.equal((await ask(`GET ${path} HTTP/1.1`)).status, status)
    })
  }
})

describe('headers', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: y\r\n`).join('')

  it('may be a hundred', async () => {
    assert.equal((await ask('GET /userdetails HTTP/1.1', `Host: x\r\n${many(97)}`)).status, 200)
    for (const path of ['/userdetails', '/verify', '/nothing']) {
      await assertRefused(`GET ${path} HTTP/1.1`, `Host: x\r\n${many(98)}`)
      await assertRefused(`GET ${path} HTTP/1.1`, `Host: x\r\n${many(1500)}`)
    }
  })

  it('may be 16 KiB', async () => {
    const long = (bytes: number) => `Host: x\r\nX-Long: ${'x'.repeat(bytes)}\r\n`
    assert.equal((await ask('GET /userdetails HTTP/1.1', long(15_000))).status, 200)
    await assertRefused('GET /userdetails HTTP/1.1', long(16_384))
    await assertRefused(`GET /userdetails?${'x'.repeat(16_384)} HTTP/1.1`)
  })

  for (const name of ['Authorization', 'Host', 'Content-Type', 'Transfer-Encoding']) {
    it(`of which ${name} may come once`, async () => {
      for (const path of ['/userdetails', '/verify']) {
        await assertRefused(`GET ${path} HTTP/1.1`, `Host: x\r\n${name}: chunked\r\n${name.toUpperCase()}: chunked\r\n`)
      }
    })
  }

  for (const host of ['evil.example/x', 'user@evil.example', 'a, b', 'a b', '\\', '<x>', 'é']) {
    it(`name no host as ${host}`, () => assertRefused('GET /userdetails HTTP/1.1', `Host: ${host}\r\n`))
  }

  it('name any other host, or in HTTP/1.0 none', async () => {
    for (const host of ['gatehouse', 'gatehouse:3000', 'a_b.example', '[::1]:3000', '127.0.0.1', '']) {
      assert.equal((await ask('GET /userdetails HTTP/1.1', `Host: ${host}\r\n`)).status, 200)
    }
    assert.equal((await ask('GET /userdetails HTTP/1.0', '')).status, 200)
    await assertRefused('GET /userdetails HTTP/1.1', '')
    await assertRefused('GET /verify HTTP/1.1', '')
  })
})

describe('the header Expect', () => {
  it('asks for nothing but to go on', async () => {
    await assertRefused('GET /userdetails HTTP/1.1', 'Host: x\r\nExpect: miracles\r\n')
    const waiting = 'Content-Type: application/json\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2'
    const answers = await answersTo(server.port, `POST /login HTTP/1.1\r\nHost: x\r\n${waiting}\r\n\r\n{}`)
    assert.deepEqual(
      answers.map(({ status }) => status),
      [100, 400],
    )
  })
})

describe('the version', () => {
  for (const version of [
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/1.2',
    'HTTP/9.9',
    'HTTP/1',
    'HTTP/1.10',
    'http/1.1',
    'HTTPS/1.1',
  ]) {
    it(`is not ${version}`, () => assertRefused(`GET /healthz ${version}`))
  }
})
