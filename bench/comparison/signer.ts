import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto'
import pg from 'pg'
import { systemClock } from '../../src/infrastructure/clock.ts'
import type { PublicJwk } from '../../src/repositories/signing-key.repository.ts'
import { createAccessTokenService } from '../../src/services/access-token.service.ts'
import { createKeySeal } from '../../src/services/key-seal.ts'
import { APP_SECRET, type RunningGatehouse } from './running-gatehouse.ts'

/** Who can be given a token. */
export interface Person {
  id: string
  email: string
  authVersion: number
  roles: string[]
}

const TTL_SECONDS = 900

const KEY = `SELECT kid, public_jwk AS "publicJwk", sealed_private_key AS sealed FROM signing_keys WHERE state = 'current'`

// In an order that has nothing to do with that of the ids, and is the same at every run.
const PEOPLE = `
  SELECT id, email, auth_version AS "authVersion",
         ARRAY(SELECT role FROM user_roles WHERE user_id = users.id ORDER BY role) AS roles
  FROM users WHERE status = 'active' ORDER BY md5(email) LIMIT $1`

export async function findPeople({ databaseUrl }: RunningGatehouse, count: number): Promise<Person[]> {
  return rowsOf<Person>(databaseUrl, PEOPLE, [count])
}

/**
 * Signs access tokens as a running server does, with its own key and service, so that thousands of people are signed in
 * without a hash for each.
 */
export async function createSigner({ port, databaseUrl }: RunningGatehouse) {
  const [row] = await rowsOf<{ kid: string; publicJwk: PublicJwk; sealed: Buffer }>(databaseUrl, KEY, [])
  if (!row) throw new Error('There is no signing key.')
  const { kid, publicJwk } = row
  const sealed = createKeySeal({ current: APP_SECRET, previous: [] }).unseal(kid, row.sealed)
  const key = {
    ...{ kid, publicJwk },
    publicKey: createPublicKey({ key: publicJwk, format: 'jwk' }),
    privateKey: createPrivateKey({ key: sealed, format: 'der', type: 'pkcs8' }),
  }
  const keys = { currentKey: () => key, publishedKeys: () => [key], isPublished: () => true }
  const issuer = `http://localhost:${port}`
  const options = { issuer, audience: issuer, ttlSeconds: TTL_SECONDS }
  const { sign } = createAccessTokenService(options, { keys, clock: systemClock })
  return { publicJwk, tokenOf }

  /** Another one at each call. */
  function tokenOf({ id: sub, email, roles, authVersion: ver }: Person): string {
    const inTime = new Date(Date.now() + TTL_SECONDS * 1000)
    return sign({ sub, sid: randomUUID(), email, roles, ver }, inTime).token
  }
}

async function rowsOf<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}
