import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type FakeUser, fakeUsers } from './fake-users.ts'
import { withoutIndexes } from './without-indexes.ts'

/** The password of everybody who is made here. */
export const PASSWORD = 'correct horse battery staple'
export const PASSWORD_HASH = '$2b$10$Wc1hwkYQHvd.p49Fsjq2zO53RIIbFzr5mBcnHqTh8bZWm4q/hX3fS'

const LINES_A_CHUNK = 1_000

/** Adds `count` users to a database that the server has brought up to date, in one transaction, and analyses it. */
export async function fillUsers(databaseUrl: string, count: number): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query(`SET LOCAL maintenance_work_mem = '512MB'`)
    await client.query(`INSERT INTO roles (name) VALUES ('editor'), ('auditor'), ('founder') ON CONFLICT DO NOTHING`)
    await withoutIndexes(client, ['users', 'user_roles'], async () => {
      await copy(client, 'users (id, email, name, password_hash, status, created_at, updated_at)', count, userLine)
      await copy(client, 'user_roles (user_id, role, granted_at)', count, roleLines)
    })
    await client.query('COMMIT')
    await client.query('VACUUM (ANALYZE) users, user_roles')
  } finally {
    await client.end()
  }
}

/** The users are made anew for each table: a million of them would not be kept for nothing. */
async function copy(client: pg.Client, into: string, count: number, linesOf: (user: FakeUser) => string) {
  await pipeline(Readable.from(chunks(count, linesOf)), client.query(copyFrom(`COPY ${into} FROM STDIN`)))
}

function* chunks(count: number, linesOf: (user: FakeUser) => string): Generator<string> {
  let chunk: string[] = []
  for (const user of fakeUsers(count)) {
    chunk.push(linesOf(user))
    if (chunk.length < LINES_A_CHUNK) continue
    yield chunk.join('')
    chunk = []
  }
  yield chunk.join('')
}

/** COPY's text format. Nothing that is made here holds a tab, a line end or a backslash. */
function userLine({ id, email, name, status, createdAt }: FakeUser): string {
  const at = createdAt.toISOString()
  return `${[id, email, name ?? '\\N', PASSWORD_HASH, status, at, at].join('\t')}\n`
}

function roleLines({ id, roles, createdAt }: FakeUser): string {
  return roles.map((role) => `${id}\t${role}\t${createdAt.toISOString()}\n`).join('')
}
