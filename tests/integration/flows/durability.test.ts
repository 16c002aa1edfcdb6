import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { CARELESS, prepareGround } from '../../support/durability/ground.ts'
import { CHANGES, countAcknowledged, type Ledger } from '../../support/durability/ledger.ts'
import { killAgainAndAgain, stopAgainAndAgain, underLoad } from '../../support/durability/under-load.ts'

/** The long form is `npm run bench -- durability`. */
const KILLS = 10
const STOPS = 10
const CLIENTS = 8

describe('what was acknowledged', () => {
  it(`is there, and nothing is by half, after ${KILLS} kills of the server under load`, async (context) => {
    await using ground = await prepareGround()
    const [site] = ground.sites
    const ledger = await underLoad([site], CLIENTS, (open) => killAgainAndAgain(site, KILLS, open))
    say(context, ledger)
    assert.deepEqual((await ground.compare(ledger)).problems, [])
    await ground.verifyTrail()
  })

  it(`is there, and nothing is by half, after ${STOPS} immediate stops of PostgreSQL under load`, async (context) => {
    await using ground = await prepareGround()
    const ledger = await underLoad(ground.sites, CLIENTS, (open) => stopAgainAndAgain(ground.postgres, STOPS, open))
    say(context, ledger)
    assert.deepEqual((await ground.compare(ledger)).problems, [])
    await ground.verifyTrail()
  })

  it('is missed by the same comparison where PostgreSQL acknowledges what it has not written', async (context) => {
    await using ground = await prepareGround(CARELESS)
    const ledger = await underLoad(ground.sites, CLIENTS, (open) => stopAgainAndAgain(ground.postgres, 2, open))
    say(context, ledger)
    const { lost } = await ground.compare(ledger)
    context.diagnostic(`lost ${JSON.stringify(lost)}`)
    assert.ok(CHANGES.some((change) => lost[change] > 0))
  })
})

function say(context: TestContext, ledger: Ledger): void {
  const { repeated } = ledger
  context.diagnostic(`acknowledged ${JSON.stringify(countAcknowledged(ledger))}`)
  context.diagnostic(`registered again, and made or found: ${repeated.made}, ${repeated.there}`)
}
