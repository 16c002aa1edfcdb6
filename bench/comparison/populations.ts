import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { createRefreshTokenService } from '../../src/services/refresh-token.service.ts'
import { fillUsers, PASSWORD } from '../fill-users.ts'
import { lineFile } from './line-file.ts'
import { APP_SECRET, type RunningGatehouse } from './running-gatehouse.ts'
import { createSigner, findPeople, type Person } from './signer.ts'
import type { Site } from './site.ts'

export const FEW = 1_000
export const MANY = 1_000_000

/** As many of them are active, chosen at random: in both, so that they differ in nothing but those who are not. */
const ACTIVE = FEW

/** A server with so many users, each with an open session, and what the active ones send. */
export interface Population {
  gatehouse: RunningGatehouse
  /** Files of a line each, for the scripts of bench/load. */
  tokens: string
  logins: string
  /** With sessions that are opened for it. */
  refreshTokens(): Promise<string>
}

const populations = new WeakMap<Site, Promise<[many: Population, few: Population]>>()

/** The first call makes both, which takes minutes. */
export function manyAndFew(site: Site): Promise<[many: Population, few: Population]> {
  const made = populations.get(site) ?? Promise.all([populate(site, MANY), populate(site, FEW)])
  populations.set(site, made)
  return made
}

async function populate(site: Site, count: number): Promise<Population> {
  const gatehouse = await site.newGatehouse()
  await fillUsers(gatehouse.databaseUrl, count)
  await withClient(gatehouse, async (client) => {
    await client.query(OPEN_ALL)
    await client.query('VACUUM (ANALYZE) sessions')
    await client.query('CHECKPOINT')
  })
  const people = await findPeople(gatehouse, ACTIVE)
  const { tokenOf } = await createSigner(gatehouse)
  const logins = people.map(({ email }) => JSON.stringify({ email, password: PASSWORD }))
  return {
    gatehouse,
    tokens: await lineFile(site, people.map(tokenOf)),
    logins: await lineFile(site, logins),
    refreshTokens: async () => lineFile(site, await openSessions(gatehouse, people)),
  }
}

const OPEN_ALL = `
  INSERT INTO sessions (id, user_id, refresh_hash, expires_at)
  SELECT uuidv7(), id, sha256(uuid_send(id)), now() + interval '30 days' FROM users`

const OPEN = `
  INSERT INTO sessions (id, user_id, refresh_hash, expires_at)
  SELECT id, user_id, refresh_hash, now() + interval '30 days'
  FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS opened (id, user_id, refresh_hash)`

async function openSessions(gatehouse: RunningGatehouse, people: readonly Person[]): Promise<string[]> {
  const { issue } = createRefreshTokenService({ current: APP_SECRET, previous: [] })
  const issued = people.map(() => issue(randomUUID()))
  const [ids, hashes] = [issued.map(({ sessionId }) => sessionId), issued.map(({ hash }) => hash)]
  await withClient(gatehouse, (client) => client.query(OPEN, [ids, people.map(({ id }) => id), hashes]))
  return issued.map(({ text }) => text)
}

async function withClient<T>({ databaseUrl }: RunningGatehouse, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
