import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { createClientAddress, normalizeAddress } from '../../src/http/client-address.ts'
import { networkOf } from '../../src/services/network.ts'

function request(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  const headers = { 'x-forwarded-for': forwardedFor }
  return { socket: { remoteAddress }, headers, context: { headers } } as unknown as IncomingMessage
}

describe('a client address', () => {
  it('is one text for one host', () => {
    assert.equal(normalizeAddress('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(normalizeAddress('::FFFF:C000:0201'), '192.0.2.1')
    assert.equal(normalizeAddress('192.0.2.1'), '192.0.2.1')
    assert.equal(normalizeAddress('2001:DB8:0:0::1'), '2001:db8::1')
    assert.equal(normalizeAddress('fe80::1%eth0'), 'fe80::1')
    assert.equal(normalizeAddress(undefined), null)
    assert.equal(normalizeAddress('unknown'), null)
  })

  for (const [why, trusted, peer, forwardedFor, expected] of [
    ['the peer, where nobody is trusted', [], '192.0.2.1', '198.51.100.1', '192.0.2.1'],
    ['the peer, where it is not trusted', ['10.0.0.0/8'], '192.0.2.1', '198.51.100.1', '192.0.2.1'],
    ['the peer, where it forwards for nobody', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
    ['what a trusted peer says', ['10.0.0.0/8'], '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    [
      'what the nearest says who is not trusted',
      ['10.0.0.0/8'],
      '10.0.0.1',
      '1.1.1.1, 198.51.100.1, 10.2.0.1',
      '198.51.100.1',
    ],
    ['the peer, where it forwards for what is no address', ['loopback'], '::1', 'unknown', '::1'],
    ['what a peer of a network with a name says', ['loopback'], '::ffff:127.0.0.1', '2001:db8::1', '2001:db8::1'],
  ] as const) {
    it(`is ${why}`, () => {
      assert.equal(createClientAddress(trusted, { warn: () => undefined })(request(peer, forwardedFor)), expected)
    })
  }

  it('is said to be wrong, once, where a proxy forwards that nobody trusts', () => {
    const said: string[] = []
    const clientAddress = createClientAddress([], { warn: (_fields, text) => said.push(text) })
    clientAddress(request('192.0.2.1'))
    assert.deepEqual(said, [])
    for (let turn = 0; turn < 3; turn++) clientAddress(request('192.0.2.1', '198.51.100.1'))
    assert.equal(said.length, 1)
  })
})

describe('a network', () => {
  it('is an IPv4 address, or the 64 bits that an IPv6 address begins with', () => {
    assert.equal(networkOf('192.0.2.1'), '192.0.2.1')
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::1'))
    assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'))
    assert.equal(networkOf(null), 'none')
  })
})
