import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openBetterAuthSource } from '../../../src/infrastructure/import-sources/database/better-auth-source.ts'
import { openSequelizeSource } from '../../../src/infrastructure/import-sources/database/sequelize-source.ts'
import { openSupabaseSource } from '../../../src/infrastructure/import-sources/database/supabase-source.ts'
import { type DebianPostgres, missingPostgres, startDebianPostgres } from '../../support/debian-postgres.ts'
import { assertResumable, byEmail, savingFolder, usersOf } from '../../support/import-sources.ts'
import { makeBetterAuth, makeTutorial, SUPABASE } from '../../support/rival-databases.ts'
import { createOwnedDatabase, type TestDatabase } from '../../support/test-database.ts'

const { folder, save } = savingFolder()
const rivals = {
  better_auth: openBetterAuthSource,
  supabase: openSupabaseSource,
  tutorial: openSequelizeSource,
}
type Rival = keyof typeof rivals

describe('a dump to import from', { skip: missingPostgres() }, () => {
  let postgres: DebianPostgres
  let scratch: TestDatabase

  before(async () => {
    ;[postgres, scratch] = await Promise.all([startDebianPostgres(), createOwnedDatabase()])
    for (const name of Object.keys(rivals)) {
      await postgres.tool('createdb', '--username=postgres', '--owner=gatehouse', name)
    }
    await makeBetterAuth(postgres.database('better_auth').url)
    await postgres.database('supabase').query(SUPABASE)
    // Then its dump has instants with an offset of hours and minutes.
    await postgres.database('supabase').query(`ALTER DATABASE supabase SET timezone = 'Asia/Kolkata'`)
    await makeTutorial(postgres.database('tutorial').url)
  })
  after(async () => {
    await postgres[Symbol.asyncDispose]()
    await scratch.drop()
  })

  /** Gives its path. */
  async function dump(name: Rival, ...options: string[]): Promise<string> {
    const file = join(folder, `${name}${options.join('')}.dump`)
    await postgres.tool('pg_dump', '--username=postgres', `--file=${file}`, ...options, name)
    return file
  }

  for (const name of Object.keys(rivals) as Rival[]) {
    it(`of ${name} has the users of the live database`, async () => {
      const scratchUrl = scratch.url
      const live = byEmail(await usersOf(await rivals[name]({ from: postgres.database(name).url, scratchUrl })))
      assert.ok(Object.keys(live).length >= 4)
      for (const options of [
        [],
        ['--data-only'],
        ['--no-owner', '--clean', '--if-exists', '--quote-all-identifiers'],
      ]) {
        const from = await dump(name, ...options)
        assert.deepEqual(byEmail(await usersOf(await rivals[name]({ from, scratchUrl }))), live)
      }
      const from = await dump(name)
      await assertResumable(() => rivals[name]({ from, scratchUrl }))
    })
  }

  it('is read wherever the pieces end that it comes in', async () => {
    const [before, after] = [
      'COPY auth.users (id, email, encrypted_password, raw_app_meta_data) FROM stdin;\n1\t',
      '@example.com\t\t{}\n\\.\n',
    ]
    const chunk = 256 * 1024
    for (let back = 0; back <= 8; back++) {
      const cutAtBegin = `${'-'.repeat(chunk - back)}\n${before}a${after}`
      const cutAtEnd = `${before}${'a'.repeat(chunk - before.length - after.length + 8 - back)}${after}`
      for (const text of [cutAtBegin, cutAtEnd]) {
        const users = await usersOf(await openSupabaseSource({ from: save(text), scratchUrl: scratch.url }))
        assert.deepEqual(
          users.map((user) => /^a+@example\.com$/.test(Object(user).email)),
          [true],
        )
      }
    }
  })

  it('leaves nothing behind', async () => {
    assert.equal(await scratch.count(`pg_class WHERE relnamespace = 'public'::regnamespace OR relpersistence = 't'`), 0)
  })

  it('is refused where it is of another kind, with what to do', async () => {
    const whole = readFileSync(await dump('supabase'), 'utf8')
    const cut = whole.slice(0, whole.indexOf('eve@example.com'))
    const broken: [path: string, message: RegExp][] = [
      [
        await dump('supabase', '--inserts'),
        /has no rows of a table users\. Make it by pg_dump --format=plain, without --inserts/,
      ],
      [await dump('supabase', '--schema-only'), /has no rows of a table users/],
      [await dump('supabase', '--format=custom'), /in the custom format: make one in plain text/],
      [
        await dump('supabase', '--format=tar'),
        /is an archive: unpack it, or make the dump with pg_dump --format=plain/,
      ],
      [await dump('supabase', '--format=directory'), /This is a folder, and no file/],
      [await dump('supabase', '--encoding=LATIN1'), /encoded in LATIN1: make it with pg_dump --encoding=UTF8/],
      [save(cut), /ends in the middle of the table users/],
      [save(whole.replace('\tbob@example.com\t', '\t')), /is broken in auth\.users, in line 2 behind its COPY\./],
      [save(whole + whole), /has auth\.users twice/],
      [save('-- MySQL dump 10.13\n'), /is not of PostgreSQL: export the users to CSV/],
      [await dump('tutorial'), /not of Supabase: there is no table auth\.users/],
    ]
    for (const [from, message] of broken) {
      await assert.rejects(openSupabaseSource({ from, scratchUrl: scratch.url }), { name: 'Error', message }, from)
    }
  })
})
