import { it } from 'node:test'
import pg from 'pg'
import { createTestDatabase } from '../support/test-database.ts'

it('x', async () => {
  const db = await createTestDatabase()
  const c = new pg.Client(db.url)
  await c.connect()
  const t = async (sql: string) => {
    const s = performance.now()
    const r = await c.query(sql)
    console.log(Math.round(performance.now() - s), 'ms', sql.slice(0, 110))
    return r
  }
  await t(
    `CREATE TABLE u AS SELECT gen_random_uuid() AS id, 'user'||i||'@example.com' AS email, repeat('x',60) AS password_hash, repeat('y',100) AS rest FROM generate_series(1,1000000) i`,
  )
  await t(`ANALYZE u`)
  await t(`CREATE INDEX a ON u (right(id::text,12) COLLATE "C")`)
  await t(`CREATE INDEX b ON u (uuid_hash_extended(id,0))`)
  await t(`CREATE INDEX d ON u (sha256(uuid_send(id)))`)
  await t(`CREATE INDEX e ON u (("right"(id::text,8) COLLATE "C"))`)
  console.log(
    (await t(`SELECT relname, pg_size_pretty(pg_relation_size(oid)) FROM pg_class WHERE relname IN ('a','b','d','e')`))
      .rows,
  )
  console.log((await t(`SHOW max_parallel_maintenance_workers`)).rows, (await t('SHOW maintenance_work_mem')).rows)
  console.log(
    (
      await t(
        `EXPLAIN ANALYZE SELECT id FROM u WHERE right(id::text,12) COLLATE "C" >= 'abcdefabcdef' ORDER BY right(id::text,12) COLLATE "C" LIMIT 1`,
      )
    ).rows,
  )
  await c.end()
  await db.drop()
})
