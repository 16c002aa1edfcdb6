import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openKeycloakSource } from '../../../src/infrastructure/import-sources/keycloak-source.ts'
import { assertResumable, problemsOf, readAll, savingFolder, usersOf } from '../../support/import-sources.ts'

const { save } = savingFolder()

describe('an export in JSON', () => {
  const broken: [what: string, text: string, message: RegExp][] = [
    [
      'ends within a user',
      '{"users":[\n{"email":"a@example.com"},\n{"email":"b@',
      /ends in the middle of its JSON, in line 3/,
    ],
    ['ends within the list', '{"users":[{"email":"a@example.com"}', /ends in the middle of its JSON, in line 1/],
    ['is a list', '[{"users":[]}]', /does not begin as one JSON object/],
    ['is a table', 'email\na@example.com', /does not begin as one JSON object/],
    ['has no users', '{"realm":"demo","roles":{"users":[]}}', /has no list "users"/],
    ['has users that are no list', '{"users":{"a":1}}', /has no list "users"/],
    ['lacks a comma', '{"realm":"demo"\n"users":[]}', /no JSON, from line 2 on/],
    ['has more behind it', '{"users":[]}\n{"users":[]}', /no JSON, from line 2 on/],
    ['has no JSON among its users', '{"users":[{},\n\nx]}', /no JSON, from line 3 on/],
  ]
  for (const [what, text, message] of broken) {
    it(`is given up where it ${what}`, async () => {
      await assert.rejects(usersOf(await openKeycloakSource({ path: save(text) })), { name: 'Error', message })
    })
  }

  it('is read wherever the pieces end that it comes in', async () => {
    const users = Array.from({ length: 4_000 }, (_, index) => ({
      email: `user${index}@example.com`,
      attributes: { ['"}]\\'.repeat(index % 7)]: ['\\"é🙂'.repeat(index % 31), -1.5e3, null, [{}], '{[\n'] },
    }))
    const path = save(JSON.stringify({ before: [['"']], users, after: '\\' }, null, 1))
    const found = await usersOf(await openKeycloakSource({ path }))
    assert.deepEqual(
      found.map((user) => Object(user).email),
      users.map(({ email }) => email),
    )
  })

  it('is read without a user that cannot be', async () => {
    const users = [
      '{"email":\n\n"a@example.com" "enabled":true}',
      `{"email":"${'a'.repeat(3_000_000)}"}`,
      'null',
      Buffer.from('{"email":"\xe9"}', 'latin1'),
      '{"email":"good@example.com"}',
    ]
    const parts = users.flatMap((one, index) => [Buffer.from(index === 0 ? '{"users":[\n' : ',\n'), Buffer.from(one)])
    const path = save(Buffer.concat([...parts, Buffer.from(']}')]))
    const records = await readAll(await openKeycloakSource({ path }))
    assert.deepEqual(problemsOf(records), [
      [2, 'It is no JSON, from line 4 on.'],
      [5, 'It is longer than 1 MB.'],
      [6, 'It is JSON, but no object.'],
      [7, 'It is not encoded in UTF-8.'],
    ])
    assert.equal(Object(records[4]?.user).email, 'good@example.com')
    await assertResumable(() => openKeycloakSource({ path }))
  })
})
