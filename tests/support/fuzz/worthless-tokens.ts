import { generateKeyPairSync } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { claimsOf, kidOf } from '../accounts.ts'
import { storedKeys } from '../stored-keys.ts'
import type { TestDatabase } from '../test-database.ts'

/** What would let an administrator in: over since a minute, and signed by somebody else. */
export async function worthlessTokens(
  database: TestDatabase,
  token: string,
): Promise<Record<'expired' | 'forged', string>> {
  const claims = claimsOf(token)
  const kid = kidOf(token)
  const own = (await storedKeys(database)).find((key) => key.kid === kid)
  if (!own) throw new Error('The key is gone that the token was signed with.')
  const header = { alg: 'ES256', typ: 'at+jwt', kid }
  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const exp = Math.floor(Date.now() / 1000) - 60
  return {
    expired: jwt.sign({ ...claims, iat: exp - 900, exp }, own.privateKey, { header }),
    forged: jwt.sign(claims, foreign, { header }),
  }
}
