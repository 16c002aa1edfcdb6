import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createDatabase } from '../../../src/infrastructure/database.ts'
import { createAuditSealer } from '../../../src/services/audit-seal.ts'
import { deriveKey } from '../../../src/services/derive-key.ts'
import { registered } from '../../support/accounts.ts'
import { allSealed, verified } from '../../support/audit.ts'
import { runCli } from '../../support/cli.ts'
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts'
import { startTestServer } from '../../support/test-server.ts'
import { unobserved } from '../../support/unobserved.ts'

const [FIRST, SECOND, THIRD] = ['first', 'second', 'third'].map((name) => `the ${name} secret of this installation`)
const PUBLIC_URL = 'http://gatehouse.test'

const only = (secret = '') => ({ PUBLIC_URL, APP_SECRET: secret })
const after = (secret = '', previous = '') => ({ ...only(secret), APP_SECRET_PREVIOUS: previous })

/** A server in a step of the rotation that does its part: some events, sealed. */
async function served(database: TestDatabase, env: Record<string, string>): Promise<void> {
  await using server = await startTestServer({ database, env })
  await registered(server)
  await allSealed(server)
  await server.maintenance.runOnce()
}

/** A trail that was sealed by three secrets, of which the last is left. */
async function rotatedTwice() {
  const database = await createTestDatabase({ empty: true })
  for (const env of [only(FIRST), after(SECOND, FIRST), only(SECOND), after(THIRD, SECOND), only(THIRD)]) {
    await served(database, env)
  }
  return { database, verify, [Symbol.asyncDispose]: database.drop }

  async function verify() {
    await using server = await startTestServer({ database, env: only(THIRD) })
    return await verified(server)
  }
}

/** What somebody can do who has a secret of before, and the database: alter the last events, and seal them again. */
async function forgeLastSeal({ url, query }: TestDatabase, secret: string): Promise<void> {
  const database = createDatabase({ url, poolMax: 1, isPooled: false, ...unobserved })
  const { auditSeals, auditEvents } = database.repositories
  const sealer = createAuditSealer(deriveKey(secret, 'audit trail seals'))
  try {
    const last = await auditSeals.findLast()
    assert.ok(last)
    const [before] = await auditSeals.findBehind(last.number - 2, 1)
    assert.ok(before)
    await query(`UPDATE audit_events SET action = 'logout' WHERE seal = ${last.number}`)
    const { digests, hash } = sealer.sealOf(
      await auditEvents.findSealed(last.number, last.number),
      before,
      last.sealedAt,
    )
    await query('UPDATE audit_seals SET digests = $1, hash = $2 WHERE number = $3', [digests, hash, last.number])
  } finally {
    await database.close()
  }
}

describe('an audit trail that several secrets have sealed', () => {
  it('is verified by the last of them alone', async () => {
    await using trail = await rotatedTwice()
    const { problems, seals } = await trail.verify()
    assert.deepEqual(problems, [])
    assert.ok(seals >= 5)
    const { code, output } = await runCli(['audit', 'verify'], { DATABASE_URL: trail.database.url, ...only(THIRD) })
    assert.equal(code, 0, output)
  })

  it('shows what was altered in the time of each', async () => {
    await using trail = await rotatedTwice()
    for (const number of [1, 3, 5]) {
      await trail.database.query(`UPDATE audit_events SET action = 'logout' WHERE seal = ${number}`)
      assert.match((await trail.verify()).problems.at(-1) ?? '', new RegExp(`^seal ${number} .* was altered$`))
    }
  })

  it('cannot be forged by a secret whose time is over', async () => {
    await using trail = await rotatedTwice()
    await forgeLastSeal(trail.database, SECOND ?? '')
    assert.match((await trail.verify()).problems.join('\n'), /^seal \d+ of \S+ was altered$/m)
    // Nor by letting it count for longer.
    await trail.database.query('UPDATE audit_keys SET last_seal = 1000')
    await assert.rejects(trail.verify(), /APP_SECRET/)
  })

  it('knows what went by age in the time of a secret before', async () => {
    const database = await createTestDatabase({ empty: true })
    await using _dropped = { [Symbol.asyncDispose]: database.drop }
    await served(database, only(FIRST))
    await database.query(`CREATE TABLE audit_events_2024_01 PARTITION OF audit_events
                          FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 00:00+00')`)
    await database.query(`INSERT INTO audit_events (id, occurred_at, action)
                          VALUES (gen_random_uuid(), '2024-01-15 12:00+00', 'login')`)
    await served(database, only(FIRST))
    assert.equal(await database.count("audit_events WHERE action = 'audit_month_dropped'"), 1)
    await served(database, after(SECOND, FIRST))
    await using server = await startTestServer({ database, env: only(SECOND) })
    await allSealed(server)
    assert.deepEqual((await verified(server)).problems, [])
  })
})
