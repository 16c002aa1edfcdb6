import assert from 'node:assert/strict'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openCsvSource } from '../../../src/infrastructure/import-sources/csv-source.ts'
import { openFirebaseSource } from '../../../src/infrastructure/import-sources/firebase-source.ts'
import { openKeycloakSource } from '../../../src/infrastructure/import-sources/keycloak-source.ts'
import { openNdjsonSource } from '../../../src/infrastructure/import-sources/ndjson-source.ts'
import { assertResumable, problemsOf, readAll, savingFolder, usersOf } from '../../support/import-sources.ts'

const { folder, save } = savingFolder()
const openers = {
  csv: openCsvSource,
  ndjson: openNdjsonSource,
  keycloak: openKeycloakSource,
  firebase: openFirebaseSource,
}

const ADA = {
  email: 'ada@example.com',
  name: 'Ada, "the first"\nof her kind',
  passwordHash: '$2b$10$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuuabcdefghijklmno',
  passwordForm: 'raw',
  roles: ['editor', 'viewer'],
  status: 'disabled',
  emailVerified: '2020-05-18T00:00:00.000Z',
  createdAt: '2020-05-17T10:30:00.000Z',
}

describe('users in NDJSON', () => {
  it('are the objects of its lines', async () => {
    const path = save(`${JSON.stringify(ADA)}\n\r\n{"email":"bob@example.com"}\r\n{"email":"é"}`)
    const records = await readAll(await openNdjsonSource({ path }))
    assert.deepEqual(
      records.map(({ number, line, user }) => [number, line, user]),
      [
        [1, 1, ADA],
        [2, 3, { email: 'bob@example.com' }],
        [3, 4, { email: 'é' }],
      ],
    )
    await assertResumable(() => openNdjsonSource({ path }))
  })

  it('are left out, with the line, where one cannot be read', async () => {
    const secret = '"passwordHash":"$2b$10$secret"'
    const lines = [
      `{"email":"a@example.com",${secret}`,
      `{"email":"a@example.com" ${secret}}`,
      '["a@example.com"]',
      Buffer.from('{"email":"\xe9"}', 'latin1'),
      '{"email":"a\0@example.com"}',
      `{"email":"${'a'.repeat(3_000_000)}"}`,
      '{"email":"last@example.com"}',
      '{"email":"cut@exam',
    ]
    const path = save(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])))
    const records = await readAll(await openNdjsonSource({ path }))
    assert.deepEqual(problemsOf(records), [
      [1, 'It ends in the middle of its JSON.'],
      [2, 'It is no JSON, from its character 26 on.'],
      [3, 'It is JSON, but no object.'],
      [4, 'It is not encoded in UTF-8.'],
      [5, 'It is no JSON, from its character 12 on.'],
      [6, 'It is longer than 1 MB.'],
      [8, 'It ends in the middle of its JSON.'],
    ])
    assert.deepEqual(records[6]?.user, { email: 'last@example.com' })
    await assertResumable(() => openNdjsonSource({ path }))
  })
})

describe('users in CSV', () => {
  it('are its records, with columns in any order, quotes over several lines, and nothing for empty fields', async () => {
    const path = save(
      [
        '\ufeffname,email,roles,status,emailVerified,createdAt,passwordForm,passwordHash',
        `"Ada, ""the first""\nof her kind",${ADA.email},editor; viewer,disabled,${ADA.emailVerified},${ADA.createdAt},raw,${ADA.passwordHash}`,
        '',
        ',bob@example.com,,,TRUE,,,',
        '"","eve@example.com",,,false,,,',
      ].join('\r\n'),
    )
    const records = await readAll(await openCsvSource({ path }))
    assert.deepEqual(
      records.map(({ number, line, user }) => [number, line, user]),
      [
        [1, 2, ADA],
        [2, 5, { email: 'bob@example.com', emailVerified: true }],
        [3, 6, { email: 'eve@example.com', emailVerified: false }],
      ],
    )
    await assertResumable(() => openCsvSource({ path }))
  })

  it('are left out, with the line, where one cannot be read', async () => {
    const lines = [
      'email,name',
      'a@example.com',
      'a@example.com,b,c',
      'a@example.com,b"c"',
      '"a@example.com"x,b',
      'a@example.com,\0',
      Buffer.from('a@example.com,\xe9', 'latin1'),
      `a@example.com,${'a'.repeat(3_000_000)}`,
      'good@example.com,"over\ntwo lines"',
      'a@example.com,"not closed',
      'b@example.com,"Name',
      'a@example.com,"never closed',
      ...Array.from({ length: 100_000 }, (_, index) => `user${index}@example.com,"Name"`),
      'a@example.com,"cut o',
    ]
    const path = save(Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])))
    const records = await readAll(await openCsvSource({ path }))
    const quote = 'A quote stands where none may: a field is in quotes as a whole, and a quote in it is doubled.'
    assert.deepEqual(problemsOf(records), [
      [2, 'Its number of fields is 1; that of the header is 2.'],
      [3, 'Its number of fields is 3; that of the header is 2.'],
      [4, quote],
      [5, quote],
      [6, 'It has a NUL character.'],
      [7, 'It is not encoded in UTF-8.'],
      [8, 'It is longer than 1 MB.'],
      [11, `${quote} By its quotes it goes from line 11 to line 12.`],
      [13, 'A quote is opened in it that is not closed within 1 MB.'],
      [100_014, 'A quote is opened in it that is not closed within 1 MB.'],
    ])
    assert.equal(records.length, 100_000 + 11)
    assert.deepEqual(records[7]?.user, { email: 'good@example.com', name: 'over\ntwo lines' })
    const middle = records[50_000]
    const rest = await readAll(await openCsvSource({ path }), middle?.position)
    assert.deepEqual(rest, records.slice(50_001))
  })

  for (const [header, message] of [
    ['e-mail,name', /has the column "e-mail": known are email, name, passwordHash, .* separated by commas\./],
    ['email;name', /has the column "email;name": known are/],
    ['email,constructor', /has the column "constructor": known are/],
    ['name,status', /has no column "email"/],
    ['email,name,email', /has the column "email" twice/],
    ['email,"name', /The header cannot be read\. A quote is opened/],
    ['\n\n', /has no header/],
  ] as const) {
    it(`cannot be read below the header ${JSON.stringify(header)}`, async () => {
      await assert.rejects(openCsvSource({ path: save(`${header}\na@example.com,b\n`.replace(/^\s+.*/s, '\n')) }), {
        name: 'Error',
        message,
      })
    })
  }
})

describe('a file to import from', () => {
  const text = 'email\na@example.com\n'
  const wrong: [what: string, path: string, message: RegExp][] = [
    ['is missing', join(folder, 'nowhere'), /There is no file .*nowhere/],
    ['is a folder', folder, /This is a folder, and no file: /],
    ['is a device', '/dev/zero', /is no regular file/],
    ['is empty', save(''), /is empty\.$/],
    ['is compressed', save(gzipSync(text)), /is compressed: gunzip it first/],
    ['is in UTF-16', save(Buffer.from(`\ufeff${text}`, 'utf16le')), /encoded in UTF-16: save it in UTF-8/],
    ['is in UTF-16, without a mark', save(Buffer.from(text, 'utf16le').swap16()), /encoded in UTF-16/],
    ['is a dump in the custom format', save('PGDMP\x01'), /pg_dump --format=plain/],
  ]
  for (const [what, path, message] of wrong) {
    it(`is refused where it ${what}`, async () => {
      for (const open of Object.values(openers)) await assert.rejects(open({ path }), { name: 'Error', message })
    })
  }

  it('is known again by its content and its kind', async () => {
    const fingerprints = [
      await openCsvSource({ path: save(text) }),
      await openCsvSource({ path: save(text) }),
      await openCsvSource({ path: save(`${text}\n`) }),
      await openNdjsonSource({ path: save(text) }),
    ].map((source) => source.fingerprint)
    assert.equal(fingerprints[0], fingerprints[1])
    assert.equal(new Set(fingerprints).size, 3)
  })

  it('is given up where it is written to meanwhile', async () => {
    for (const write of [appendFile, writeFile]) {
      const path = save(text)
      const source = await openCsvSource({ path })
      await write(path, text.replace('a@', 'b@'))
      await assert.rejects(usersOf(source), /was written to while it was read/)
    }
  })
})
