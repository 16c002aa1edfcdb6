import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { apiRoutes } from '../tests/support/contracts.ts'
import { allowedRequests } from '../tests/support/fuzz/allowed.ts'
import { almostAllowedRequests } from '../tests/support/fuzz/almost.ts'
import { type Campaign, startCampaign } from '../tests/support/fuzz/campaign.ts'
import { rawRequests, wildRequests } from '../tests/support/fuzz/wild.ts'
import { startMeasuredServer } from './measured-server.ts'

const REQUESTS = 100_000
const AT_ONCE = 20
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))

/**
 * The long form of tests/integration/flows/fuzz.test.ts, to a server that is a process of its own: every answer is one
 * that its contract names, none is a failure, each has its line in the log. Stops at the first that is not so. How long
 * was its event loop held meanwhile?
 */
export async function run(): Promise<string> {
  const routes = await apiRoutes()
  await using server = await startMeasuredServer({ TRUST_PROXY: '192.0.2.1', ACCESS_TOKEN_TTL_SECONDS: '86400' })
  const { node, database } = server
  const port = Number(new URL(node.url).port)
  const campaign = await startCampaign({
    url: node.url,
    port,
    routes,
    database,
    logLines: () => server.lines,
    logReadEvery: 2000,
  })
  const startedAt = performance.now()
  server.beginMeasuring()
  await sendAll(
    campaign,
    routes.map(({ contract }) => contract),
  )
  const { p999Ms, maxMs, busyMaxMs } = await server.measured()
  const seconds = (performance.now() - startedAt) / 1000
  campaign.close()
  const [sent, letIn] = (['sent', 'letIn'] as const).map((what) =>
    campaign.counts.values().reduce((sum, counts) => sum + counts[what], 0),
  )
  return [
    `FUZZ_SEED           ${SEED}`,
    `requests            ${sent}, ${Math.round((sent ?? 0) / seconds)} a second`,
    `let in              ${letIn}`,
    `event loop held     ${p999Ms.toFixed(1)} ms at the 99.9th percentile, ${maxMs.toFixed(1)} ms at most, working for ${busyMaxMs.toFixed(1)} ms of it at most`,
  ].join('\n')
}

type Contracts = Parameters<typeof wildRequests>[0]

async function sendAll(campaign: Campaign, contracts: Contracts): Promise<void> {
  for (const [index, contract] of contracts.entries()) {
    const share = { part: 0.4 / contracts.length, seed: SEED + index }
    await hold({ ...share, requests: allowedRequests(contract), send: (batch) => campaign.send(contract.path, batch) })
    await hold({ ...share, requests: almostAllowedRequests(contract), send: (batch) => campaign.send('almost', batch) })
    await campaign.assertWell()
  }
  await hold({
    part: 0.15,
    seed: SEED,
    requests: wildRequests(contracts),
    send: (batch) => campaign.send('wild', batch),
  })
  await hold({
    part: 0.05,
    seed: SEED,
    requests: rawRequests(contracts),
    send: (batch) => campaign.sendRaw('raw', batch),
  })
  await campaign.assertWell()
}

interface Trial<T> {
  requests: fc.Arbitrary<T>
  /** Of all requests. */
  part: number
  seed: number
  send(batch: T[]): Promise<void>
}

async function hold<T>({ requests, part, seed, send }: Trial<T>): Promise<void> {
  const batches = fc.array(requests, { minLength: AT_ONCE, maxLength: AT_ONCE })
  await fc.assert(fc.asyncProperty(batches, send), { seed, numRuns: Math.ceil((REQUESTS * part) / AT_ONCE) })
}
