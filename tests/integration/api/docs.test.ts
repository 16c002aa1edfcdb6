import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { eventually } from '../../support/server-process.ts'
import { serverOfThisFile, startTestServer } from '../../support/test-server.ts'

const server = await serverOfThisFile()

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join(';')

const FILES = [
  ['/docs', 'text/html'],
  ['/docs/docs.css', 'text/css'],
  ['/docs/docs.js', 'text/javascript'],
  ['/docs/icon.svg', 'image/svg+xml'],
  ['/docs/swagger-ui.css', 'text/css'],
  ['/docs/swagger-ui-bundle.js', 'text/javascript'],
] as const

describe('the page of the API', () => {
  it('is made of these files, and no others', () => {
    const paths = server.routes.map(({ contract }) => contract.path).filter((path) => path.startsWith('/docs'))
    assert.deepEqual(
      paths,
      FILES.map(([path]) => path),
    )
  })

  for (const [path, type] of FILES) {
    it(`has ${path}, under a policy of its own`, async () => {
      const { status, headers, text } = await server.get(path)
      assert.equal(status, 200)
      assert.equal(headers.get('content-type'), `${type}; charset=utf-8`)
      assert.equal(headers.get('content-security-policy'), POLICY)
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.equal(headers.get('x-frame-options'), 'DENY')
      assert.equal(headers.get('referrer-policy'), 'no-referrer')
      assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
      assert.equal(headers.get('cache-control'), 'public, no-cache')
      for (const name of ['last-modified', 'accept-ranges', 'set-cookie']) assert.equal(headers.get(name), null, name)
      assert.equal(headers.get('etag'), `"${createHash('sha256').update(text).digest('base64url')}"`)
    })

    it(`sends ${path} again only where it has changed`, async () => {
      const etag = (await server.get(path)).headers.get('etag') ?? ''
      // Without it fetch would say no-cache, as a reload does.
      const asABrowser = { 'cache-control': 'max-age=0' }
      const known = await server.send('GET', path, { headers: { ...asABrowser, 'if-none-match': etag } })
      assert.deepEqual([known.status, known.text, known.headers.get('etag')], [304, '', etag])
      assert.equal(known.headers.get('content-security-policy'), POLICY)
      const other = await server.send('GET', path, { headers: { ...asABrowser, 'if-none-match': '"other"' } })
      assert.equal(other.status, 200)
    })

    it(`answers HEAD to ${path}, and no other method`, async () => {
      const { status, headers, text } = await server.send('HEAD', path)
      assert.deepEqual([status, text], [200, ''])
      assert.equal(headers.get('content-length'), String(Buffer.byteLength((await server.get(path)).text)))
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
        const refused = await server.send(method, path)
        assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD'], method)
        assert.match(refused.headers.get('content-security-policy') ?? '', /;sandbox$/)
      }
    })
  }

  it('has no script and no style in itself, and names nothing of another host', async () => {
    const { text } = await server.get('/docs')
    assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|:\/\//i)
    assert.match(text, /<html lang="en">/)
    assert.match(text, /<title>[^<]+<\/title>/)
    assert.match(text, /<noscript>/)
    assert.match(text, /<a href="openapi.json">/)
  })

  it('is whole for a client that asks for a part', async () => {
    const { status, text } = await server.send('GET', '/docs', { headers: { range: 'bytes=0-9' } })
    assert.equal(status, 200)
    assert.match(text, /^<!doctype html>/)
  })

  it('is no error of ours where the client leaves before its end', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write('GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\nX-Request-Id: leaves-early\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    await eventually(async () => server.logLines.some((line) => line.includes('leaves-early')), 'its line in the log')
    assert.deepEqual(
      server.logLines.filter((line) => /error/i.test(line)),
      [],
    )
  })

  it('takes no query', async () => {
    assert.equal((await server.get('/docs?file=../../package.json')).status, 400)
  })
})

describe('GET /', () => {
  const asks = async (accept?: string) => {
    const response = await fetch(server.url, { redirect: 'manual', headers: accept === undefined ? {} : { accept } })
    assert.equal(response.headers.get('vary'), 'Accept')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    return { status: response.status, location: response.headers.get('location'), body: await response.text() }
  }

  for (const accept of [
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'text/html, */*; q=0.01',
    'text/html',
    'application/json;q=0.5, text/html',
  ]) {
    it(`sends whoever asks for ${accept} to the page`, async () => {
      assert.deepEqual(await asks(accept), { status: 303, location: '/docs', body: '' })
    })
  }

  for (const accept of [
    undefined,
    '*/*',
    'application/json',
    'application/json, text/html',
    'text/html;q=0.5, application/json',
    'application/json, text/plain, */*',
    'text/html;q=0, */*',
    'image/png',
    '%%%',
  ]) {
    it(`answers JSON to whoever asks for ${accept}`, async () => {
      const { status, location, body } = await asks(accept)
      assert.deepEqual([status, location], [200, null])
      assert.equal(JSON.parse(body).links.docs, '/docs')
    })
  }

  it('sends nobody anywhere else, whatever the request says of its host', async () => {
    const answer = await server.raw(
      'GET / HTTP/1.1\nHost: evil.example\nX-Forwarded-Host: evil.example\nAccept: text/html\nConnection: close\n\n',
    )
    assert.match(answer, /^HTTP\/1\.1 303 /)
    assert.match(answer, /\r\nLocation: \/docs\r\n/)
    assert.doesNotMatch(answer, /evil/)
  })
})

describe('the page behind a proxy', () => {
  it('says nothing of PUBLIC_URL, so that it asks where it comes from', async () => {
    await using behind = await startTestServer({ env: { PUBLIC_URL: 'https://gatehouse.elsewhere.test:8443' } })
    for (const [path] of FILES) assert.doesNotMatch((await behind.get(path)).text, /gatehouse\.elsewhere/, path)
    assert.doesNotMatch((await behind.get('/openapi.json')).text, /gatehouse\.elsewhere/)
  })
})
