import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { drill } from '../../../deploy/ha/drill/drill.ts'
import { brokenPromises, describeDrill } from '../../../deploy/ha/drill/verdict.ts'
import { CHANGES } from '../../support/durability/ledger.ts'
import { missingForTrial, startOwnTrial } from '../../support/own-trial.ts'

/** The long form, which also freezes the primary and kills parts of it, is `npm run ha -- drill`. */
describe('three machines of PostgreSQL under Patroni, and two servers', () => {
  it('nothing acknowledged is lost when the primary database fails over, writes are back within 45 s, tokens are checked', {
    skip: missingForTrial(),
  }, async (context) => {
    const say = (line: string) => context.diagnostic(line)
    await using trial = await startOwnTrial(say)
    const result = await drill(trial, ['machine killed'], say)
    say(describeDrill(result))
    assert.deepEqual(brokenPromises(result), [])
    // Nothing can be lost where nothing was done.
    for (const change of CHANGES) assert.ok(result.acknowledged[change] > 0, change)
    for (const { unseen } of result.checks) assert.ok(unseen > 0)
  })
})
