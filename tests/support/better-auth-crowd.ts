import type { TestDatabase } from './test-database.ts'

/**
 * Puts more users into a database of Better Auth, with hashes that it has made: in turns that of the users called `makers`.
 * Gives them in the order of their ids, each with the name of who has the same password.
 */
export async function addCrowd(
  { query }: TestDatabase,
  count: number,
  makers: readonly string[],
): Promise<{ email: string; maker: string }[]> {
  const crowd = `generate_series(1, ${count}) AS n`
  const makerOfN = `($1::text[])[n % cardinality($1::text[]) + 1]`
  await query(`
    INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt", role)
    SELECT 'crowd' || n, 'Crowd', 'crowd' || n || '@example.com', n % 3 = 0, '2021-02-03 04:05:06Z', now(), 'member'
    FROM ${crowd}`)
  await query(
    `INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
     SELECT 'crowd' || n, 'crowd' || n, 'credential', 'crowd' || n, made.password, now(), now()
     FROM ${crowd} JOIN "user" AS maker ON maker.name = ${makerOfN} JOIN account AS made ON made."userId" = maker.id`,
    [makers],
  )
  return query(`SELECT email, ${makerOfN} AS maker FROM ${crowd} JOIN "user" ON id = 'crowd' || n ORDER BY id`, [
    makers,
  ])
}
