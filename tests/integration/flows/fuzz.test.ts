import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { allowedRequests } from '../../support/fuzz/allowed.ts'
import { almostAllowedRequests } from '../../support/fuzz/almost.ts'
import { startCampaign } from '../../support/fuzz/campaign.ts'
import { rawRequests, wildRequests } from '../../support/fuzz/wild.ts'
import { serverOfThisFile } from '../../support/test-server.ts'

/** Another one each time. `FUZZ_SEED=… npx node --test …` sends the requests of a run again. */
/** Named, so that a claim to be forwarded by others is nothing to warn of. */
const BEHIND_NO_PROXY = { TRUST_PROXY: '192.0.2.1' }

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))

/** One that is refused whatever is tried would prove little. */
const ROUNDS = 10

const server = await serverOfThisFile({ env: BEHIND_NO_PROXY })
const contracts = server.routes.map(({ contract }) => contract)
const campaign = await startCampaign({ ...server, logLines: () => server.logLines })
after(() => campaign.close())

const batchesOf = <T>(requests: fc.Arbitrary<T>) => fc.array(requests, { minLength: 4, maxLength: 8, size: 'max' })

interface Trial<T> {
  requests: fc.Arbitrary<T>
  numRuns: number
  seed: number
  send(batch: T[]): Promise<void>
}

/** What fails is made smaller, for a while. */
const holds = <T>({ requests, send, ...parameters }: Trial<T>): Promise<void> =>
  fc.assert(fc.asyncProperty(batchesOf(requests), send), { ...parameters, interruptAfterTimeLimit: 20_000 })

describe(`any request, with FUZZ_SEED=${SEED},`, () => {
  for (const [index, contract] of contracts.entries()) {
    const name = `${contract.method} ${contract.path}`
    const trial = { numRuns: 6, seed: SEED + index }

    it(`is answered by ${name} as its contract says`, async () => {
      const allowed = allowedRequests(contract)
      for (let round = 0; round < ROUNDS && !campaign.counts.get(name)?.letIn; round++) {
        const seed = trial.seed + round * contracts.length
        await holds({ ...trial, seed, requests: allowed, send: (batch) => campaign.send(name, batch) })
      }
      assert.ok(campaign.counts.get(name)?.letIn, 'none was let in')
      const almost = almostAllowedRequests(contract)
      await holds({ ...trial, requests: almost, send: (batch) => campaign.send('almost', batch) })
      await campaign.assertWell()
    })
  }

  it('is answered as the contract of some route says, or as unknown, where it keeps to HTTP only', async () => {
    const requests = wildRequests(contracts)
    await holds({ requests, numRuns: 80, seed: SEED, send: (batch) => campaign.send('wild', batch) })
    await campaign.assertWell()
  })

  it('is answered with a refusal at most, where it hardly keeps to HTTP', async () => {
    const requests = rawRequests(contracts)
    await holds({ requests, numRuns: 80, seed: SEED, send: (batch) => campaign.sendRaw('raw', batch) })
    await campaign.assertWell()
  })

  it('was one of thousands', () => {
    const sent = campaign.counts.values().reduce((sum, counts) => sum + counts.sent, 0)
    assert.ok(sent > 2000, `${sent}`)
  })
})
