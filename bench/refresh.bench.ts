import { startGatehouse } from './gatehouse.ts'

const ROUNDS = 10_000
const AT_ONCE = 16

/** Many who refresh with one token in the same instant, again and again: how often there was more than one successor. */
export async function run(): Promise<string> {
  await using gatehouse = await startGatehouse()
  let { refreshToken } = await gatehouse.register()
  let doubleWins = 0
  const startedAt = performance.now()
  for (let round = 0; round < ROUNDS; round++) {
    const successors = new Set(
      await Promise.all(Array.from({ length: AT_ONCE }, () => refresh(gatehouse.port, refreshToken))),
    )
    if (successors.size > 1) doubleWins += 1
    refreshToken = [...successors][0] ?? ''
  }
  const seconds = (performance.now() - startedAt) / 1000
  return [
    `rounds of ${AT_ONCE}        ${ROUNDS}`,
    `two successors      ${doubleWins}`,
    `refreshes a second  ${Math.round((ROUNDS * AT_ONCE) / seconds)}`,
  ].join('\n')
}

async function refresh(port: number, refreshToken: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
  })
  const body = (await answer.json()) as { refreshToken?: string }
  if (body.refreshToken === undefined) throw new Error(`${answer.status} ${JSON.stringify(body)}`)
  return body.refreshToken
}
