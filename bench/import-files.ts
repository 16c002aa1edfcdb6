import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { hashPassword } from 'better-auth/crypto'
import { type FakeUser, fakeUsers } from './fake-users.ts'
import { PASSWORD, PASSWORD_HASH } from './fill-users.ts'

/** Files that `import` reads, each with the same users in it. */
export interface ImportFiles {
  ndjson: string
  csv: string
  'better-auth': string
}

const LINES_A_CHUNK = 1_000

/** Makes them in a folder, without holding the users in memory. */
export async function makeImportFiles(folder: string, count: number): Promise<ImportFiles> {
  const password = await hashPassword(PASSWORD)
  return {
    ndjson: await write('users.ndjson', ndjson(count)),
    csv: await write('users.csv', csv(count)),
    'better-auth': await write('better-auth.sql', betterAuthDump(count, password)),
  }

  async function write(name: string, lines: Iterable<string>): Promise<string> {
    const path = join(folder, name)
    await pipeline(Readable.from(chunked(lines)), createWriteStream(path))
    return path
  }
}

function* chunked(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = []
  for (const line of lines) {
    chunk.push(line)
    if (chunk.length < LINES_A_CHUNK) continue
    yield chunk.join('')
    chunk = []
  }
  yield chunk.join('')
}

const others = ({ roles }: FakeUser): string[] => roles.filter((role) => role !== 'user')

function* ndjson(count: number): Generator<string> {
  for (const user of fakeUsers(count)) {
    const { email, name, status, createdAt } = user
    const record = { email, name, passwordHash: PASSWORD_HASH, roles: others(user), status, createdAt }
    yield `${JSON.stringify({ ...record, emailVerified: true })}\n`
  }
}

/** No name that is made here has a comma or a quote in it. */
function* csv(count: number): Generator<string> {
  yield 'email,name,passwordHash,roles,status,createdAt,emailVerified\n'
  for (const user of fakeUsers(count)) {
    const { email, name, status, createdAt } = user
    const fields = [email, name ?? '', PASSWORD_HASH, others(user).join(';'), status, createdAt.toISOString(), 'true']
    yield `${fields.join(',')}\n`
  }
}

/** What `pg_dump --data-only` writes of the tables that count, with one hash that Better Auth has made. */
function* betterAuthDump(count: number, password: string): Generator<string> {
  yield '--\n-- PostgreSQL database dump\n--\n\n'
  yield 'COPY public."user" (id, name, email, "emailVerified", "createdAt", role, banned, "banExpires") FROM stdin;\n'
  for (const user of fakeUsers(count)) {
    const { id, name, email, status, createdAt } = user
    const isBanned = status === 'disabled' ? 't' : 'f'
    const fields = [
      id,
      name ?? '',
      email,
      't',
      createdAt.toISOString(),
      others(user).join(',') || 'user',
      isBanned,
      '\\N',
    ]
    yield `${fields.join('\t')}\n`
  }
  yield '\\.\n\nCOPY public.account (id, "accountId", "providerId", "userId", password) FROM stdin;\n'
  for (const { id } of fakeUsers(count)) yield `${[id, id, 'credential', id, password].join('\t')}\n`
  yield '\\.\n'
}
