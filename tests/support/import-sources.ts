import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { ImportSource, SourceRecord } from '../../src/services/import/import-source.ts'

/** A folder of this file's tests, removed behind the last. `save` gives the path of a file with a content. */
export function savingFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-import-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  let count = 0

  function save(content: string | Buffer): string {
    const path = join(folder, `file-${count++}`)
    writeFileSync(path, content)
    return path
  }

  return { folder, save }
}

/** All records behind a position. Closes the source. */
export async function readAll(source: ImportSource, from: string | null = null): Promise<SourceRecord[]> {
  try {
    return await Array.fromAsync(source.read(from))
  } finally {
    await source.close()
  }
}

export const usersOf = async (source: ImportSource) => (await readAll(source)).map(({ user }) => user)

/** Line and reason of each record that cannot be read. */
export const problemsOf = (records: readonly SourceRecord[]) =>
  records.filter(({ problem }) => problem !== null).map(({ line, problem }) => [line, problem])

/** Behind each of its records, a source that is opened anew goes on with exactly the rest. */
export async function assertResumable(open: () => Promise<ImportSource>): Promise<void> {
  const first = await open()
  // Broken off, and begun again.
  for await (const _ of first.read(null)) break
  const all = await readAll(first)
  assert.ok(all.length > 1, 'there is something to go on with')
  for (const [index, { position }] of all.entries()) {
    const again = await open()
    assert.equal(again.fingerprint, first.fingerprint)
    assert.deepEqual(await readAll(again, position), all.slice(index + 1))
  }
}

export type ShownUser = Record<string, unknown>

/** In the order of their addresses: what Better Auth makes has random ids. */
export function byEmail(users: readonly (object | null)[]): Record<string, ShownUser> {
  const pairs = users.map((user) => [String(Object(user).email), Object(user) as ShownUser] as const)
  return Object.fromEntries(pairs.sort(([one], [other]) => one.localeCompare(other)))
}
