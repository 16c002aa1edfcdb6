import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RouteContract } from '../../../src/http/route.ts'
import { loggedInAdmin, registered } from '../../support/accounts.ts'
import { createdRole } from '../../support/roles.ts'
import { stored } from '../../support/stored.ts'
import { PASSWORD, serverOfThisFile } from '../../support/test-server.ts'

const server = await serverOfThisFile()
const admin = await loggedInAdmin(server)
const user = await registered(server)
const role = await createdRole(server, admin)

const withBody = server.routes.map(({ contract }) => contract).filter(({ body }) => body !== undefined)

/** Every value that is not text, as it stands in JSON. */
const NO_TEXT = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '1',
    '-1',
    '1.5',
    '1e400',
    '[]',
    '["a"]',
    '["a","b"]',
    '[null]',
    '{}',
    '{"$ne":null}',
  ],
  ...['{"$gt":""}', '{"length":9}', '{"toString":"x"}', '{"__proto__":{"x":1}}', '[["a@example.com"]]'],
]
/** Text that PostgreSQL or bcrypt would change, or choke on. */
const BAD_TEXT = [
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00"',
  '"a\\udfffb"',
  '"\\ude00\\ud83d"',
  '"\ud83d\ude00\\ud800"',
]

/** Where something else than text is right. */
const allowed: Record<string, readonly string[]> = {
  cookie: ['true', 'false'],
  name: ['null'],
  description: ['null'],
}

/** What each route takes, to which one key is added. */
const good: Record<string, object> = {
  'post /register': { email: 'mass@example.com', password: PASSWORD },
  'post /login': { email: user.email, password: PASSWORD },
  'post /refresh': { refreshToken: user.refreshToken },
  'post /logout': { refreshToken: user.refreshToken },
  'patch /userdetails': { name: 'Mass' },
  'put /userdetails/password': { currentPassword: PASSWORD, newPassword: 'a new horse and a battery' },
  'delete /userdetails': { currentPassword: PASSWORD },
  'patch /users/:id': { name: 'Mass' },
  'post /roles': { name: 'mass' },
  'patch /roles/:name': { description: 'Mass' },
}

const EXTRA_KEYS = [
  ...['id', 'sub', 'sid', 'userId', 'user_id', 'role', 'roles', 'isAdmin', 'is_admin', 'admin', 'status', 'verified'],
  ...['createdAt', 'created_at', 'updatedAt', 'passwordHash', 'password_hash', 'authVersion', 'auth_version', 'ver'],
  ...['builtin', 'normalizedEmail', 'searchText', 'expiresAt', 'ip', 'userAgent', 'requestId', 'origin', 'caller'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '$where',
    '$or',
    '',
    ' ',
    'Email',
    'email ',
    'e/m~ail',
  ],
]

const pointerTo = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`

async function pointersOf({ method, path, access }: RouteContract, body: string): Promise<string[]> {
  const answer = await server.send(method.toUpperCase(), path.replace(':id', user.id).replace(':name', role), {
    body,
    headers: { 'content-type': 'application/json' },
    token: typeof access === 'object' ? admin.token : user.token,
  })
  assert.equal(answer.status, 400, `${method} ${path} ${body}`)
  assert.equal(answer.body.code, 'invalid_request')
  return answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)
}

describe('every field of every body', () => {
  it('is one that this file knows', () => {
    assert.deepEqual(withBody.map(({ method, path }) => `${method} ${path}`).toSorted(), Object.keys(good).toSorted())
  })

  for (const contract of withBody) {
    for (const field of Object.keys(contract.body?.shape ?? {})) {
      it(`takes nothing but what it is for: ${field} of ${contract.method} ${contract.path}`, async () => {
        const before = await stored(server)
        for (const value of [...NO_TEXT, ...BAD_TEXT]) {
          if (allowed[field]?.includes(value)) continue
          const pointers = await pointersOf(contract, `{"${field}":${value}}`)
          assert.ok(pointers.includes(`/${field}`), `${value} → ${pointers}`)
        }
        assert.deepEqual(await stored(server), before)
      })
    }
  }
})

describe('a key that is no field', () => {
  for (const contract of withBody) {
    const name = `${contract.method} ${contract.path}`
    it(`is refused, and nothing is stored: ${name}`, async () => {
      const before = await stored(server)
      for (const key of EXTRA_KEYS) {
        if (Object.keys(contract.body?.shape ?? {}).includes(key)) continue
        for (const value of ['"admin"', '{"roles":["admin"]}']) {
          const body = JSON.stringify(good[name]).replace('}', `,${JSON.stringify(key)}:${value}}`)
          assert.deepEqual(await pointersOf(contract, body), [pointerTo(key)])
        }
      }
      assert.deepEqual(await stored(server), before)
    })
  }
})
